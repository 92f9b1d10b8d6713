import { nearest } from '../core/suggestion.js';
import { readEnvFile } from './env-file.js';
import { REDIS_LAYOUT } from './redis-url.js';
import { withSecretFiles } from './secret-files.js';
import { traceSettings } from './traces.js';
import { trustOf } from './trust-proxy.js';
import { type Values, type Variable, type VariableName, variableNames, variables } from './variables.js';

/** The configuration could not be used; `faults` has one sentence for each variable at fault. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`Bad configuration:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

function environment() {
  readEnvFile();
  return process.env;
}

/** Pages that developers open while they work on a front end, and Apollo Studio. */
const developmentOrigins = ['http://localhost:*', 'http://127.0.0.1:*', 'https://studio.apollographql.com'];

/** Services that take a purge with a token only. */
const purgeTokens = [
  ['fastly', 'FASTLY_API_TOKEN'],
  ['cloudflare', 'CLOUDFLARE_API_TOKEN'],
] as const;

/** What several workers need, and why. */
const sharedByWorkers = [
  ['MONGODB_URI', 'read one database'],
  ['REDIS_URL', 'share invalidations and rate limits by it'],
] as const;

const secrets: readonly VariableName[] = [
  ...(['JWT_SECRET', 'ADMIN_TOKEN', 'MONGODB_URI', 'REDIS_URL'] as const),
  ...purgeTokens.map(([, token]) => token),
];
/** A file's name may be said; a URL may hold a password. */
const isSecret = (name: VariableName, given: string | undefined) =>
  secrets.includes(name) || (name === 'JWT_JWKS' && given?.includes('://') === true);

/**
 * Reads the environment once, all faults together.
 * @throws ConfigError naming every variable that does not fit, with what was expected. An empty value counts as unset.
 */
export function loadConfig(given: Readonly<Record<string, string | undefined>> = environment()) {
  const faults: string[] = [];
  const env = withSecretFiles(given, secrets, faults);
  const values = Object.fromEntries(
    variableNames.map((name) => {
      const { schema, default: fallback, expected, culprits }: Variable = variables[name];
      const given = env[name] === '' ? undefined : env[name];
      const parsed = schema.safeParse(given ?? fallback);
      if (!parsed.success) {
        const wrong = culprits?.(given ?? '').join('", "') ?? given;
        faults.push(`${name}: expected ${expected}${isSecret(name, given) ? '' : `, got "${wrong}"`}`);
      }
      return [name, parsed.data];
    }),
  ) as Values;
  const production = values.NODE_ENV === 'production';
  // Demo data on a public address would look like a healthy shop.
  if (production && !env['MONGODB_URI'] && values.DEMO === false) {
    faults.push(`MONGODB_URI: expected ${variables.MONGODB_URI.expected} in production, or DEMO=true for demo data`);
  }
  for (const [kind, token] of purgeTokens) {
    if (values.PURGE_TARGETS?.some((target) => target.kind === kind) && values[token] === undefined) {
      faults.push(`${token}: expected ${variables[token].expected}, because PURGE_TARGETS names ${kind}`);
    }
  }
  for (const [name, why] of values.WORKERS > 1 ? sharedByWorkers : []) {
    if (values[name] !== undefined) continue;
    faults.push(`${name}: expected ${variables[name].expected}, because several WORKERS ${why}`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  const warnings = [...risks(values), ...strayNames(env)];

  return Object.freeze({
    production,
    workers: values.WORKERS,
    logLevel: values.LOG_LEVEL,
    http: Object.freeze({
      host: values.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
      port: values.PORT,
      metricsPort: values.METRICS_PORT,
      requestTimeoutMs: values.REQUEST_TIMEOUT,
      drainMs: values.DRAIN_MS,
      batchEndpoint: values.ENABLE_BATCH_ENDPOINT,
      legacySunset: values.LEGACY_SUNSET,
      trustProxy: trustOf(values.TRUST_PROXY),
      persistedOnly: values.PERSISTED_ONLY,
      fragments: values.FRAGMENTS === 'on',
      corsOrigins: Object.freeze(values.CORS_ORIGINS ?? (production ? [] : developmentOrigins)),
    }),
    database: Object.freeze({
      uri: values.MONGODB_URI,
      poolSize: values.DB_POOL_SIZE,
      queryTimeoutMs: values.QUERY_TIMEOUT,
      createIndexes: values.ENABLE_INDEX_CREATION ?? !production,
    }),
    redis:
      values.REDIS_URL && Object.freeze({ target: values.REDIS_URL, prefix: `${values.REDIS_PREFIX}:${REDIS_LAYOUT}` }),
    cache: Object.freeze({
      ttlSeconds: values.CACHE_TTL,
      memoryBytes: values.CACHE_MEMORY_BYTES,
      warming: values.ENABLE_CACHE_WARMING,
      warmingIntervalMs: values.CACHE_WARMING_INTERVAL,
      staleWhileRevalidate: values.ENABLE_STALE_WHILE_REVALIDATE,
    }),
    purger: Object.freeze({
      targets: Object.freeze(values.PURGE_TARGETS ?? []),
      fastlyToken: values.FASTLY_API_TOKEN,
      cloudflareToken: values.CLOUDFLARE_API_TOKEN,
    }),
    shopCurrency: values.SHOP_CURRENCY,
    adminToken: values.ADMIN_TOKEN,
    rateLimitMax: values.RATE_LIMIT_MAX ?? (production ? 60 : 600),
    auth: Object.freeze({
      secret: values.JWT_SECRET,
      jwks: values.JWT_JWKS,
      issuer: values.JWT_ISSUER,
      audience: values.JWT_AUDIENCE,
    }),
    traces: traceSettings(env, warnings),
    warnings: Object.freeze(warnings),
  });
}

export type Config = ReturnType<typeof loadConfig>;

/** HS256 needs a key as long as its hash, in bytes (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32;

/** What is allowed, and most likely not meant. */
function risks({ NODE_ENV, MONGODB_URI, JWT_SECRET }: Values): string[] {
  const warnings: string[] = [];
  if (NODE_ENV === 'production' && MONGODB_URI === undefined) {
    warnings.push(
      'MONGODB_URI is not set in production, and DEMO=true: demo data is served from an embedded database, which is gone when the process ends',
    );
  }
  if (JWT_SECRET !== undefined && Buffer.byteLength(JWT_SECRET) < MIN_SECRET_BYTES) {
    warnings.push(`JWT_SECRET is shorter than ${MIN_SECRET_BYTES} bytes, which HS256 needs (RFC 7518, 3.2)`);
  }
  return warnings;
}

/** `ENABLE_*` and `CACHE_*` names that are no variables are most likely misspelt. */
function strayNames(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => /^(ENABLE|CACHE)_/.test(name) && !(name in variables))
    .map((name) => {
      const suggestion = nearest(name, variableNames);
      return `${name} is no variable of the gateway and has no effect${suggestion ? `: did you mean ${suggestion}?` : ''}`;
    });
}
