import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { parseJwkSet } from '../../config/jwk-set.js';
import type { Clock } from '../../core/clock.js';
import { AppError, RETRY_AFTER_SECONDS } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import type { KeySource } from './key-source.js';

/** Tokens may name keys that nobody has: such a name makes a reload no more often than this. */
const UNKNOWN_KEY_RELOAD_MS = 30_000;
/** How often a source that fails is asked again: while there is an older set, and while there is none. */
const RETRY_MS = 30_000;
const FIRST_RETRY_MS = RETRY_AFTER_SECONDS * 1000;
/** How long the last good set serves on while its source fails. */
const GRACE_MS = 86_400_000;

interface Loaded {
  text: string;
  keyOf: JWTVerifyGetKey;
  at: number;
}

/** Finds the key of a token, and says for how long what it has verified holds. */
export type KeySet = JWTVerifyGetKey & {
  /** Until when what was verified by the present set may be taken without verifying it again; another set has another version. */
  validity(): { version: number; until: number };
};

/**
 * Finds the key that verifies a token in a JWK set (RFC 7517), which is read when it is first needed and kept up to date.
 * jose's own `createRemoteJWKSet` does not fit: it looks at the system's clock, forgets its set when it is ten minutes old,
 * and asks a source that fails once for each token.
 * The function rejects with AppError `SERVICE_UNAVAILABLE` while there is no set, and with jose's errors for a token without a key.
 */
export function createKeySet(options: { source: KeySource; clock: Clock; logger: Logger }): KeySet {
  const { source, clock, logger } = options;
  let loaded: Loaded | undefined;
  let failedAt: number | undefined;
  let unknownAt: number | undefined;
  let pending: Promise<void> | undefined;
  let version = 0;

  const load = async (): Promise<void> => {
    try {
      const text = await source.read();
      const keyOf = text === loaded?.text ? loaded.keyOf : createLocalJWKSet(parseJwkSet(text));
      if (text !== loaded?.text) version += 1;
      loaded = { text, keyOf, at: clock.now() };
      failedAt = undefined;
    } catch (error) {
      failedAt = clock.now();
      logger.warn({ error, serving: loaded === undefined ? 'none' : 'the last good one' }, 'key set cannot be loaded');
    }
  };
  /** Never rejects; whoever asks while a reload is under way shares it. */
  const reload = (): Promise<void> => {
    pending ??= load().finally(() => {
      pending = undefined;
    });
    return pending;
  };
  const isPast = (at: number | undefined, ms: number) => at === undefined || clock.now() - at >= ms;

  const present = async (): Promise<Loaded> => {
    const retryMs = loaded === undefined ? FIRST_RETRY_MS : RETRY_MS;
    if (pending !== undefined && loaded === undefined) await pending;
    else if (isPast(loaded?.at, source.maxAgeMs) && isPast(failedAt, retryMs)) {
      const reloading = reload();
      // Where the source is known to fail, nobody waits for it who can be served without.
      if (loaded === undefined || failedAt === undefined) await reloading;
    }
    if (loaded === undefined || isPast(loaded.at, GRACE_MS)) {
      throw new AppError('SERVICE_UNAVAILABLE', 'Tokens cannot be verified at present');
    }
    return loaded;
  };

  const keyOfToken: JWTVerifyGetKey = async (header, token) => {
    const { keyOf } = await present();
    try {
      return await keyOf(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (pending === undefined && !isPast(unknownAt, UNKNOWN_KEY_RELOAD_MS)) throw error;
      if (pending === undefined) unknownAt = clock.now();
      await reload();
      return (await present()).keyOf(header, token);
    }
  };
  const validity = () => ({ version, until: loaded === undefined ? 0 : loaded.at + source.maxAgeMs });
  return Object.assign(keyOfToken, { validity });
}
