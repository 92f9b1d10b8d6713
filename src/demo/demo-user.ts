import { randomBytes } from 'node:crypto';
import { systemClock } from '../core/clock.js';
import { signToken } from '../core/user-token.js';
import { demoUserId } from './generate-demo-data.js';

export interface DemoUser {
  userId: string;
  /** A Bearer token of that user, valid for a day. */
  token: string;
}

/** A new secret, for a gateway that was started without one. */
export const createSecret = (): string => randomBytes(32).toString('base64url');

/** The first user of the demo data, with a token (HS256) that a gateway with this secret accepts. */
export async function createDemoUser(options: {
  secret: string;
  seed: number;
  issuer?: string | undefined;
  audience?: string | undefined;
}): Promise<DemoUser> {
  const { secret, seed, issuer, audience } = options;
  const userId = demoUserId(seed).toHexString();
  return { userId, token: await signToken({ secret, userId, hours: 24, issuer, audience, clock: systemClock }) };
}
