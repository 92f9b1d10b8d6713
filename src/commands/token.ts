import { ConfigError, loadConfig } from '../config/config.js';
import { systemClock } from '../core/clock.js';
import { OBJECT_ID } from '../core/object-id.js';
import { signToken } from '../core/user-token.js';
import { readOptions } from './command-line.js';

/** `npm run token`: prints a user's token for development, signed with the gateway's secret, and nothing else. */
const { user, hours } = readOptions({
  usage: 'npm run token -- --user ID [--hours N]',
  description: 'Prints a token of a user, signed with JWT_SECRET, for development.',
  options: {
    user: {
      pattern: OBJECT_ID,
      allowed: 'a user id of 24 hexadecimal digits',
      description: 'user that the token names',
    },
    hours: { min: 1, max: 8760, default: 24, description: 'lifetime of the token' },
  },
});

try {
  const { production, auth } = loadConfig();
  if (production) {
    throw new ConfigError([
      'NODE_ENV: expected development or test, because tokens of this command are for development',
    ]);
  }
  if (auth.secret === undefined) throw new ConfigError(['JWT_SECRET: expected, because it signs the token']);
  console.log(await signToken({ ...auth, secret: auth.secret, userId: user.toLowerCase(), hours, clock: systemClock }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
