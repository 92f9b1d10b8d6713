import type { Config } from '../../config/config.js';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import { createAuthenticator } from '../../http/auth/authenticator.js';
import { createKeySet } from '../../http/auth/key-set.js';
import { createKeySource } from '../../http/auth/key-source.js';
import type { Finding } from './finding.js';

const subject = 'tokens';

/** Whether users can sign in, and whether a token that is given is one of theirs. */
export async function checkTokens(options: {
  auth: Config['auth'];
  token: string | undefined;
  clock: Clock;
  logger: Logger;
}): Promise<Finding[]> {
  const { auth, token, clock, logger } = options;
  const { secret, jwks, issuer, audience } = auth;
  if (secret === undefined && jwks === undefined) {
    const isHalf = issuer !== undefined || audience !== undefined;
    return [
      {
        ...{ subject, severity: isHalf || token !== undefined ? 'fault' : 'note' },
        text: isHalf
          ? 'JWT_ISSUER or JWT_AUDIENCE is set, but nothing to verify a token with: no token can be valid'
          : 'neither JWT_SECRET nor JWT_JWKS is set: every visitor is anonymous',
        remedy: 'set JWT_SECRET (HS256) or JWT_JWKS (RS256, ES256)',
      },
    ];
  }
  const by = [secret && 'JWT_SECRET (HS256)', jwks && `JWT_JWKS ${jwks} (RS256, ES256)`].filter(Boolean).join(' and ');
  const findings: Finding[] = [{ subject, severity: 'ok', text: `verified by ${by}` }];
  const keys = jwks && createKeySet({ source: createKeySource({ location: jwks, clock }), clock, logger });
  if (token === undefined) return findings;
  try {
    const viewer = await createAuthenticator({ ...auth, keys: keys || undefined, clock }).viewer(`Bearer ${token}`);
    return [...findings, { subject, severity: 'ok', text: `the token is valid, for user ${viewer?.userId}` }];
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return [
      ...findings,
      { subject, severity: 'fault', text: `the token is refused: ${String((error as Error).message)}${cause}` },
    ];
  }
}
