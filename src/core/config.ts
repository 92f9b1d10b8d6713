import { z } from 'zod';
import { nearest } from './suggestion.js';

const text = z.string().min(1).optional();
const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const url = (...schemes: string[]) =>
  z
    .string()
    .refine((value) => schemes.some((scheme) => value.startsWith(`${scheme}://`) && value.length > scheme.length + 3));
const date = z
  .string()
  .refine((value) => /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)))
  .transform((value) => new Date(value));

/** One line a variable: how it is read, its default (as text), and what is said when it does not fit. */
const variables = {
  NODE_ENV: {
    schema: z.enum(['development', 'test', 'production']),
    default: 'development',
    expected: 'one of development, test, production',
  },
  HOST: { schema: text, default: undefined, expected: 'an address to listen on' },
  PORT: { schema: integer(0, 65_535), default: '5000', expected: 'a port from 0 to 65535' },
  MONGODB_URI: {
    schema: url('mongodb', 'mongodb+srv').optional(),
    default: undefined,
    expected: 'a mongodb:// or mongodb+srv:// URI',
  },
  REDIS_URL: {
    schema: url('redis', 'rediss', 'redis+sentinel', 'rediss+sentinel', 'redis+cluster', 'rediss+cluster').optional(),
    default: undefined,
    expected:
      'a redis://host:port/db, redis+sentinel://host,host/master or redis+cluster://host,host URL (rediss: TLS)',
  },
  CACHE_TTL: { schema: integer(1, 86_400), default: '300', expected: 'seconds from 1 to 86400' },
  CACHE_MEMORY_BYTES: {
    schema: integer(1_048_576, 68_719_476_736),
    default: '67108864',
    expected: 'bytes from 1048576 (1 MiB) to 68719476736 (64 GiB)',
  },
  CACHE_WARMING_INTERVAL: {
    schema: integer(1000, 86_400_000),
    default: '240000',
    expected: 'milliseconds from 1000 to 86400000',
  },
  DB_POOL_SIZE: { schema: integer(1, 1000), default: '50', expected: 'connections from 1 to 1000' },
  QUERY_TIMEOUT: { schema: integer(1, 600_000), default: '5000', expected: 'milliseconds from 1 to 600000' },
  REQUEST_TIMEOUT: { schema: integer(1, 600_000), default: '10000', expected: 'milliseconds from 1 to 600000' },
  ENABLE_BATCH_ENDPOINT: { schema: flag, default: 'true', expected: 'one of true, false, 1, 0' },
  ENABLE_CACHE_WARMING: { schema: flag, default: 'true', expected: 'one of true, false, 1, 0' },
  ENABLE_STALE_WHILE_REVALIDATE: { schema: flag, default: 'true', expected: 'one of true, false, 1, 0' },
  JWT_SECRET: { schema: text, default: undefined, expected: 'a secret' },
  JWT_JWKS: { schema: text, default: undefined, expected: 'a file or URL of a JWK set' },
  JWT_ISSUER: { schema: text, default: undefined, expected: 'the issuer that tokens must name' },
  JWT_AUDIENCE: { schema: text, default: undefined, expected: 'the audience that tokens must name' },
  ADMIN_TOKEN: { schema: text, default: undefined, expected: 'a secret' },
  RATE_LIMIT_MAX: {
    schema: integer(0, 1_000_000),
    default: '60',
    expected: 'requests a minute and client from 0 (off) to 1000000',
  },
  TRUST_PROXY: { schema: text, default: undefined, expected: 'true, false, a number of hops, or addresses' },
  PERSISTED_ONLY: { schema: flag, default: 'false', expected: 'one of true, false, 1, 0' },
  LEGACY_SUNSET: { schema: date.optional(), default: undefined, expected: 'a date such as 2027-06-30' },
  LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    expected: 'one of trace, debug, info, warn, error, fatal, silent',
  },
} as const satisfies Record<string, { schema: z.ZodType; default: string | undefined; expected: string }>;

export type VariableName = keyof typeof variables;
type Values = { [Name in VariableName]: z.output<(typeof variables)[Name]['schema']> };

/** Every variable that the gateway reads, in the order of the README's table. */
export const variableNames = Object.keys(variables) as readonly VariableName[];

/** Every variable, a line each, for `--help`. */
export function describeVariables(): string {
  return variableNames
    .map((name) => {
      const { expected, default: fallback } = variables[name];
      return `  ${name.padEnd(30)} ${expected}${fallback === undefined ? '' : ` (default ${fallback})`}`;
    })
    .join('\n');
}

/** The configuration could not be used; `faults` has one sentence for each variable at fault. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`Bad configuration:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

const secrets: readonly string[] = ['JWT_SECRET', 'ADMIN_TOKEN', 'MONGODB_URI', 'REDIS_URL'];

/**
 * Reads the environment once, all faults together.
 * @throws ConfigError naming every variable that does not fit, with what was expected. An empty value counts as unset.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env) {
  const faults: string[] = [];
  const values = Object.fromEntries(
    variableNames.map((name) => {
      const { schema, default: fallback, expected } = variables[name];
      const given = env[name] === '' ? undefined : env[name];
      const parsed = schema.safeParse(given ?? fallback);
      if (!parsed.success) {
        faults.push(`${name}: expected ${expected}${secrets.includes(name) ? '' : `, got "${given}"`}`);
      }
      return [name, parsed.data];
    }),
  ) as Values;
  if (faults.length > 0) throw new ConfigError(faults);

  const production = values.NODE_ENV === 'production';
  return Object.freeze({
    production,
    logLevel: values.LOG_LEVEL,
    http: Object.freeze({
      host: values.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
      port: values.PORT,
      requestTimeoutMs: values.REQUEST_TIMEOUT,
      batchEndpoint: values.ENABLE_BATCH_ENDPOINT,
      legacySunset: values.LEGACY_SUNSET,
    }),
    database: Object.freeze({
      uri: values.MONGODB_URI,
      poolSize: values.DB_POOL_SIZE,
      queryTimeoutMs: values.QUERY_TIMEOUT,
    }),
    cache: Object.freeze({
      redisUrl: values.REDIS_URL,
      ttlSeconds: values.CACHE_TTL,
      memoryBytes: values.CACHE_MEMORY_BYTES,
      warming: values.ENABLE_CACHE_WARMING,
      warmingIntervalMs: values.CACHE_WARMING_INTERVAL,
      staleWhileRevalidate: values.ENABLE_STALE_WHILE_REVALIDATE,
    }),
    adminToken: values.ADMIN_TOKEN,
    auth: Object.freeze({ secret: values.JWT_SECRET, issuer: values.JWT_ISSUER, audience: values.JWT_AUDIENCE }),
    warnings: Object.freeze([...strayNames(env), ...withoutEffect(env)]),
  });
}

export type Config = ReturnType<typeof loadConfig>;

/** `ENABLE_*` and `CACHE_*` names that nobody reads are most likely misspelt. */
function strayNames(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => /^(ENABLE|CACHE)_/.test(name) && !(name in variables))
    .map((name) => {
      const suggestion = nearest(name, variableNames);
      return `${name} is no variable of the gateway and has no effect${suggestion ? `: did you mean ${suggestion}?` : ''}`;
    });
}

/** Checked already, used by parts that this version does not have yet: said, so that nobody relies on them. */
const unused: readonly VariableName[] = ['JWT_JWKS', 'RATE_LIMIT_MAX', 'TRUST_PROXY', 'PERSISTED_ONLY'];

function withoutEffect(env: Readonly<Record<string, string | undefined>>): string[] {
  return unused.filter((name) => env[name]).map((name) => `${name} is set, but has no effect in this version`);
}
