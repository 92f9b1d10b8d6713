import { createHash } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.js';
import { AppError } from '../../core/errors.js';
import { objectIdText } from '../../core/object-id.js';
import type { Viewer } from '../../sections/define-section.js';
import type { KeySet } from './key-set.js';

/** Clocks of issuers may be this far off, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 60;
/**
 * How long a verified token is taken without verifying it again, and how many are remembered: a signature takes longer to verify
 * than the rest of an answer from memory. A token ends before that when it expires, and when its keys are to be read again or change.
 */
const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 10_000;
/** A header with a token that is longer is refused unread. */
const MAX_AUTHORIZATION_CHARACTERS = 8192;

/** Who sends a request, by its Bearer token (RFC 6750). Identity never comes from anything else. */
export interface Authenticator {
  /**
   * @returns undefined when there is no Bearer token, or nothing to verify one with
   * @throws AppError `UNAUTHENTICATED` when the token is not a good one, `SERVICE_UNAVAILABLE` when that cannot be told at present
   */
  viewer(authorization: string | undefined): Promise<Viewer | undefined>;
  /** The viewer of a token that was verified a moment ago; undefined for any other, good or not. */
  remembered(authorization: string): Viewer | undefined;
}

/**
 * Verifies tokens (RFC 7519) whose subject is a user id: HS256 by the secret, RS256 and ES256 by the key set. The token's
 * algorithm chooses between the two and never reaches the other's keys (RFC 8725, 3.1).
 */
export function createAuthenticator(options: {
  secret: string | undefined;
  keys?: KeySet | undefined;
  issuer?: string | undefined;
  audience?: string | undefined;
  clock: Clock;
}): Authenticator {
  const { secret, keys, issuer, audience, clock } = options;
  const key = secret === undefined ? undefined : new TextEncoder().encode(secret);
  const algorithms = [...(key === undefined ? [] : ['HS256']), ...(keys === undefined ? [] : ['RS256', 'ES256'])];
  if (algorithms.length === 0) return { viewer: async () => undefined, remembered: () => undefined };
  const memory = new LRUCache<string, { viewer: Viewer; until: number; version: number | undefined }>({
    max: MAX_REMEMBERED,
  });
  const remembered = (authorization: string): Viewer | undefined => {
    const found = memory.get(digestOf(authorization));
    const isGood = found !== undefined && clock.now() < found.until && found.version === keys?.validity().version;
    return isGood ? found.viewer : undefined;
  };
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    const found = header.alg === 'HS256' ? key : await keys?.(header, token);
    if (found === undefined) throw invalid();
    return found;
  };
  const verified = async (token: string): Promise<JWTPayload> => {
    const options = {
      algorithms,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(clock.now()),
      ...(issuer === undefined ? {} : { issuer }),
      ...(audience === undefined ? {} : { audience }),
    };
    try {
      return (await jwtVerify(token, keyOf, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      // A token that names no key, or a name that two keys have while they are exchanged: it may be of any of them.
      for await (const candidate of error) {
        try {
          return (await jwtVerify(token, candidate, options)).payload;
        } catch (cause) {
          if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause;
        }
      }
      throw error;
    }
  };
  return {
    remembered,
    viewer: async (authorization) => {
      const token = bearerToken(authorization);
      if (token === undefined || authorization === undefined) return undefined;
      const { sub, exp = Number.POSITIVE_INFINITY } = await verified(token).catch((cause) => {
        throw cause instanceof AppError ? cause : invalid(cause);
      });
      // Its type is a promise of the issuer, which may sign a list.
      const userId = typeof sub === 'string' ? objectIdText(sub) : undefined;
      if (userId === undefined) throw new AppError('UNAUTHENTICATED', "The token's subject is no user id");
      const viewer = { userId };
      const set = keys?.validity();
      const until = Math.min(clock.now() + REMEMBER_MS, exp * 1000, set?.until ?? Number.POSITIVE_INFINITY);
      memory.set(digestOf(authorization), { viewer, until, version: set?.version });
      return viewer;
    },
  };
}

/** Tokens are kept as hashes: memory dumps should hold none that is still good. */
const digestOf = (authorization: string) => createHash('sha256').update(authorization).digest('base64url');

const invalid = (cause?: unknown) => new AppError('UNAUTHENTICATED', 'The token is not valid', { cause });

function bearerToken(authorization = ''): string | undefined {
  if (!/^Bearer\b/i.test(authorization)) return undefined;
  if (authorization.length > MAX_AUTHORIZATION_CHARACTERS) {
    throw new AppError('UNAUTHENTICATED', `The token is longer than ${MAX_AUTHORIZATION_CHARACTERS} characters`);
  }
  const token = /^Bearer +([^ ]+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw invalid();
  return token;
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
