import { SignJWT } from 'jose';
import type { Clock } from './clock.js';

/** A user's token (JWT, RFC 7519, HS256) that a gateway with this secret, issuer and audience accepts. */
export async function signToken(options: {
  secret: string;
  userId: string;
  hours: number;
  issuer?: string | undefined;
  audience?: string | undefined;
  clock: Clock;
}): Promise<string> {
  const { secret, userId, hours, issuer, audience, clock } = options;
  const issuedAt = Math.floor(clock.now() / 1000);
  const token = new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + hours * 3600);
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(audience);
  return token.sign(new TextEncoder().encode(secret));
}
