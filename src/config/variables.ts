import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { MongoClient } from 'mongodb';
import { z } from 'zod';
import { parseJwkSet } from './jwk-set.js';
import { notOrigins, originsIn } from './origins.js';
import { notPurgeTargets, purgeTargetsIn } from './purge-targets.js';
import { parseRedisUrl } from './redis-url.js';
import { isTrust } from './trust-proxy.js';

const text = z.string().min(1).optional();
const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const date = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).transform((value) => new Date(value));
const redisUrl = z.string().transform((value, context) => {
  const target = parseRedisUrl(value);
  if (target !== undefined) return target;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});
const mongodbUri = z
  .string()
  .regex(/^mongodb(\+srv)?:\/\//)
  .refine(isMongodbUri);

/** The driver parses without connecting. Its message is not repeated: it may hold the password. */
function isMongodbUri(value: string): boolean {
  try {
    new MongoClient(value);
    return true;
  } catch {
    return false;
  }
}

/** A URL is not asked at start: its host may come up later than the gateway. `fetch` takes none that holds a password. */
function isJwks(value: string): boolean {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(value)) {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.password === '';
  }
  try {
    parseJwkSet(readFileSync(value, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

/** A code of ISO 4217 that this Node.js knows. */
const isCurrency = (code: string) => Intl.supportedValuesOf('currency').includes(code);

const MAX_WORKERS = 64;

/** How a variable is read. */
export interface Variable {
  schema: z.ZodType;
  default: string | undefined;
  expected: string;
  /** What is at fault in a list of which only some is. */
  culprits?: (given: string) => readonly string[];
}

/** One line a variable: how it is read, its default (as text), and what is said when it does not fit. */
export const variables = {
  NODE_ENV: {
    schema: z.enum(['development', 'test', 'production']),
    default: 'development',
    expected: 'one of development, test, production',
  },
  HOST: { schema: text, default: undefined, expected: 'an address to listen on' },
  PORT: { schema: integer(0, 65_535), default: '5000', expected: 'a port from 0 to 65535' },
  WORKERS: {
    schema: z.union([
      z.literal('auto').transform(() => Math.min(availableParallelism(), MAX_WORKERS)),
      integer(1, MAX_WORKERS),
    ]),
    default: '1',
    expected: 'a number of processes from 1 to 64, or auto: one for each core',
  },
  MONGODB_URI: {
    schema: mongodbUri.optional(),
    default: undefined,
    expected: 'a mongodb:// or mongodb+srv:// URI',
  },
  DEMO: { schema: flag, default: 'false', expected: 'one of true, false, 1, 0' },
  REDIS_URL: {
    schema: redisUrl.optional(),
    default: undefined,
    expected:
      'a redis://host:port/db, redis+sentinel://host,host/master or redis+cluster://host,host URL (rediss: TLS)',
  },
  REDIS_PREFIX: {
    schema: z.string().regex(/^[\w.:-]{1,64}$/),
    default: 'hg',
    expected:
      'up to 64 letters, digits, and . _ : - before every key and channel: another one for each shop on one Redis',
  },
  SHOP_CURRENCY: {
    schema: z.string().refine(isCurrency).optional(),
    default: undefined,
    expected: 'the currency of prices whose document names none (ISO 4217), such as EUR',
  },
  CACHE_TTL: { schema: integer(1, 86_400), default: '300', expected: 'seconds from 1 to 86400' },
  CACHE_MEMORY_BYTES: {
    schema: integer(0, 68_719_476_736).refine((bytes) => bytes === 0 || bytes >= 1_048_576),
    default: '67108864',
    expected:
      '0 (memory serves nothing that Redis was not asked about), or bytes from 1048576 (1 MiB) to 68719476736 (64 GiB)',
  },
  CACHE_WARMING_INTERVAL: {
    schema: integer(1000, 86_400_000),
    default: '240000',
    expected: 'milliseconds from 1000 to 86400000',
  },
  DB_POOL_SIZE: { schema: integer(1, 1000), default: '50', expected: 'connections from 1 to 1000' },
  QUERY_TIMEOUT: { schema: integer(1, 600_000), default: '5000', expected: 'milliseconds from 1 to 600000' },
  REQUEST_TIMEOUT: { schema: integer(1, 600_000), default: '10000', expected: 'milliseconds from 1 to 600000' },
  DRAIN_MS: { schema: integer(0, 600_000), default: '5000', expected: 'milliseconds from 0 to 600000' },
  ENABLE_BATCH_ENDPOINT: { schema: flag, default: 'true', expected: 'one of true, false, 1, 0' },
  ENABLE_CACHE_WARMING: { schema: flag, default: 'true', expected: 'one of true, false, 1, 0' },
  ENABLE_STALE_WHILE_REVALIDATE: { schema: flag, default: 'true', expected: 'one of true, false, 1, 0' },
  ENABLE_INDEX_CREATION: { schema: flag.optional(), default: undefined, expected: 'one of true, false, 1, 0' },
  JWT_SECRET: { schema: text, default: undefined, expected: 'a secret' },
  JWT_JWKS: {
    schema: z.string().refine(isJwks).optional(),
    default: undefined,
    expected: 'an http(s) URL without a password, or a readable file with a JWK set that has an RSA or EC key',
  },
  JWT_ISSUER: { schema: text, default: undefined, expected: 'the issuer that tokens must name' },
  JWT_AUDIENCE: { schema: text, default: undefined, expected: 'the audience that tokens must name' },
  ADMIN_TOKEN: { schema: text, default: undefined, expected: 'a secret' },
  RATE_LIMIT_MAX: {
    schema: integer(0, 1_000_000_000).optional(),
    default: undefined,
    expected: 'requests a minute and client from 0 (off) to 1000000000',
  },
  TRUST_PROXY: {
    schema: z.string().refine(isTrust).optional(),
    default: undefined,
    expected: 'true, false, a number of hops, or addresses',
  },
  CORS_ORIGINS: {
    schema: z
      .string()
      .refine((list) => notOrigins(list).length === 0)
      .transform(originsIn)
      .optional(),
    default: undefined,
    expected: 'origins such as https://shop.example or http://localhost:*, separated by commas',
    culprits: notOrigins,
  },
  FRAGMENTS: { schema: z.enum(['on', 'off']), default: 'on', expected: 'on or off' },
  PERSISTED_ONLY: { schema: flag, default: 'false', expected: 'one of true, false, 1, 0' },
  LEGACY_SUNSET: { schema: date.optional(), default: undefined, expected: 'a date such as 2027-06-30' },
  PURGE_TARGETS: {
    schema: z
      .string()
      .refine((list) => notPurgeTargets(list).length === 0)
      .transform(purgeTargetsIn)
      .optional(),
    default: undefined,
    expected:
      'caches that npm run purger tells, separated by commas: varnish+http://host:port, nginx:/directory, fastly:SERVICE, cloudflare:ZONE',
    culprits: notPurgeTargets,
  },
  FASTLY_API_TOKEN: { schema: text, default: undefined, expected: 'a secret' },
  CLOUDFLARE_API_TOKEN: { schema: text, default: undefined, expected: 'a secret' },
  METRICS_PORT: {
    schema: integer(0, 65_535).optional(),
    default: undefined,
    expected:
      'a port from 0 to 65535 on which GET /metrics answers everybody; without it, it answers this machine and ADMIN_TOKEN on PORT',
  },
  LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    expected: 'one of trace, debug, info, warn, error, fatal, silent',
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;
export type Values = { [Name in VariableName]: z.output<(typeof variables)[Name]['schema']> };

/** Every variable that the gateway reads, in the order of the README's table. */
export const variableNames = Object.keys(variables) as readonly VariableName[];

/** Defaults that are no fixed text. */
const defaultsInWords: Partial<Record<VariableName, string>> = {
  HOST: '127.0.0.1 when left out, in production 0.0.0.0',
  MONGODB_URI: 'an embedded database with demo data when left out, in production only with DEMO=true',
  ENABLE_INDEX_CREATION: 'false in production when left out, else true',
  RATE_LIMIT_MAX: '60 in production when left out, else 600',
  CORS_ORIGINS: 'when left out: none in production, else every port of localhost and Apollo Studio',
};

/** Every variable, a line each, for `--help`. */
export function describeVariables(): string {
  return variableNames
    .map((name) => {
      const { expected, default: fallback } = variables[name];
      const inWords = defaultsInWords[name];
      return [
        `  ${name.padEnd(30)} ${expected}${inWords === undefined ? '' : `; ${inWords}`}`,
        ...(fallback === undefined ? [] : [`(default ${fallback})`]),
      ].join(' ');
    })
    .join('\n');
}
