import type { Config } from '../../config/config.js';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { Tracer } from '../../core/tracer.js';
import { type Authenticator, createAuthenticator } from './authenticator.js';
import { createKeySet } from './key-set.js';
import { createKeySource } from './key-source.js';
import { createViewers, type ViewerOf } from './viewers.js';

/** Who asks, by what the configuration verifies tokens with. */
export function createAuthentication(options: {
  auth: Config['auth'];
  clock: Clock;
  logger: Logger;
  tracer: Tracer | undefined;
}): { authenticator: Authenticator; viewerOf: ViewerOf } {
  const { auth, clock, logger, tracer } = options;
  const { jwks } = auth;
  const keys = jwks && createKeySet({ source: createKeySource({ location: jwks, clock, tracer }), clock, logger });
  const authenticator = createAuthenticator({ ...auth, keys: keys || undefined, clock });
  return { authenticator, viewerOf: createViewers(authenticator) };
}
