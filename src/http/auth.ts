import { jwtVerify } from 'jose';
import type { Clock } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import type { Viewer } from '../sections/define-section.js';

/** Clocks of issuers may be this far off, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 60;

/** Who sends a request, by its Bearer token (RFC 6750). Identity never comes from anything else. */
export interface Authenticator {
  /**
   * @returns undefined when there is no Bearer token, or nothing to verify one with
   * @throws AppError `UNAUTHENTICATED` when the token is not a good one
   */
  viewer(authorization: string | undefined): Promise<Viewer | undefined>;
}

/** Verifies HS256 tokens (RFC 7519) whose subject is a user id. */
export function createAuthenticator(options: {
  secret: string | undefined;
  issuer?: string | undefined;
  audience?: string | undefined;
  clock: Clock;
}): Authenticator {
  const { secret, issuer, audience, clock } = options;
  if (secret === undefined) return { viewer: async () => undefined };
  const key = new TextEncoder().encode(secret);
  return {
    viewer: async (authorization) => {
      const token = /^Bearer +([^ ]+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) {
        if (/^Bearer\b/i.test(authorization ?? '')) throw new AppError('UNAUTHENTICATED', 'The token is not valid');
        return undefined;
      }
      const subject = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(clock.now()),
        ...(issuer === undefined ? {} : { issuer }),
        ...(audience === undefined ? {} : { audience }),
      }).then(
        ({ payload }) => payload.sub ?? '',
        (cause) => {
          throw new AppError('UNAUTHENTICATED', 'The token is not valid', { cause });
        },
      );
      if (!/^[0-9a-f]{24}$/i.test(subject)) throw new AppError('UNAUTHENTICATED', "The token's subject is no user id");
      return { userId: subject.toLowerCase() };
    },
  };
}

/**
 * Lets only the user themselves ask by user id.
 * @throws AppError `UNAUTHENTICATED` without a viewer, `FORBIDDEN` for another user's id
 */
export function authorizeUser(viewer: Viewer | undefined, userId: string | undefined): void {
  if (userId === undefined) return;
  if (viewer === undefined) throw new AppError('UNAUTHENTICATED', 'userId needs a Bearer token of that user');
  if (viewer.userId !== userId) throw new AppError('FORBIDDEN', 'The token is of another user');
}
