import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/config.js';
import { describeVariables, type VariableName, variableNames } from '../../src/config/variables.js';

/** A value for each variable that does not take `true`. */
const valid: Partial<Record<VariableName, string>> = {
  ...{ NODE_ENV: 'test', PORT: '1', MONGODB_URI: 'mongodb://h/x', REDIS_URL: 'redis://h', CACHE_TTL: '1' },
  ...{ CACHE_MEMORY_BYTES: '1048576', CACHE_WARMING_INTERVAL: '1000', DB_POOL_SIZE: '1', QUERY_TIMEOUT: '1' },
  ...{
    REQUEST_TIMEOUT: '1',
    DRAIN_MS: '1',
    FRAGMENTS: 'off',
    RATE_LIMIT_MAX: '1',
    CORS_ORIGINS: 'https://a',
    JWT_JWKS: 'http://h/keys',
    PURGE_TARGETS: 'nginx:/cache',
    SHOP_CURRENCY: 'EUR',
    WORKERS: '1',
    METRICS_PORT: '0',
    LEGACY_SUNSET: '2027-06-30',
    LOG_LEVEL: 'info',
  },
};

const production = { NODE_ENV: 'production', MONGODB_URI: 'mongodb://h/x' };

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('configuration', () => {
  it('has the documented defaults', () => {
    const config = loadConfig({});
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 5000, requestTimeoutMs: 10_000, batchEndpoint: true });
    expect(config.database).toEqual({ uri: undefined, poolSize: 50, queryTimeoutMs: 5000, createIndexes: true });
    expect(config.warnings).toEqual([]);
  });

  it('listens on every address in production, unless told otherwise', () => {
    expect(loadConfig({ ...production }).http.host).toBe('0.0.0.0');
    expect(loadConfig({ ...production, HOST: '10.0.0.1' }).http.host).toBe('10.0.0.1');
  });

  it('makes missing indexes, in production only when told so', () => {
    const createIndexes = (env: Record<string, string>) => loadConfig(env).database.createIndexes;
    expect(createIndexes({ ...production })).toBe(false);
    expect(createIndexes({ ...production, ENABLE_INDEX_CREATION: 'true' })).toBe(true);
    expect(createIndexes({ ENABLE_INDEX_CREATION: 'false' })).toBe(false);
  });

  it('reports every fault at once, with what was expected', () => {
    const faults = faultsOf({
      PORT: '70000',
      MONGODB_URI: 'postgres://x',
      ENABLE_BATCH_ENDPOINT: 'yes',
      QUERY_TIMEOUT: '5s',
      LEGACY_SUNSET: 'soon',
    });
    expect(faults).toEqual([
      'PORT: expected a port from 0 to 65535, got "70000"',
      'MONGODB_URI: expected a mongodb:// or mongodb+srv:// URI',
      'QUERY_TIMEOUT: expected milliseconds from 1 to 600000, got "5s"',
      'ENABLE_BATCH_ENDPOINT: expected one of true, false, 1, 0, got "yes"',
      'LEGACY_SUNSET: expected a date such as 2027-06-30, got "soon"',
    ]);
  });

  it('names each origin that is none, and only those', () => {
    expect(faultsOf({ CORS_ORIGINS: 'https://a.example,shop,https://b.example,*' })).toEqual([
      expect.stringMatching(/^CORS_ORIGINS: expected origins such as .*, got "shop", "\*"$/),
    ]);
  });

  it('allows the origins that are listed; without a list those of development, in production none', () => {
    const origins = (env: Record<string, string>) => loadConfig(env).http.corsOrigins;
    expect(origins({ CORS_ORIGINS: 'HTTPS://Shop.Example:443, http://localhost:*' })).toEqual([
      'https://shop.example',
      'http://localhost:*',
    ]);
    expect(origins({})).toEqual(['http://localhost:*', 'http://127.0.0.1:*', 'https://studio.apollographql.com']);
    expect(origins(production)).toEqual([]);
  });

  it('never repeats a secret', () => {
    expect(faultsOf({ MONGODB_URI: 'http://user:hunter2@host' }).join()).not.toContain('hunter2');
    expect(faultsOf({ MONGODB_URI: 'mongodb://user:hunter2@t:hunter2@host/x' }).join()).not.toContain('hunter2');
    expect(faultsOf({ JWT_JWKS: 'https://user:hunter2@host/keys' }).join()).not.toContain('hunter2');
    expect(faultsOf({ REDIS_URL: 'redis://user:hunter2@host:port' }).join()).not.toContain('hunter2');
  });

  it.each([
    ['MONGODB_URI', 'mongodb://u:p@t:p@h/x'],
    ['MONGODB_URI', 'mongodb://localhost:99999/x'],
    ['MONGODB_URI', 'mongodb://localhost/x?nope=1'],
    ['MONGODB_URI', 'mongodb://'],
    ['REDIS_URL', 'redis://'],
    ['REDIS_URL', 'redis://h1,h2'],
    ['REDIS_PREFIX', 'a b'],
    ['REDIS_PREFIX', '{tag}'],
    ['LEGACY_SUNSET', '2027-02-31'],
    ['LEGACY_SUNSET', '2027-13-01'],
    ['LEGACY_SUNSET', '2027-06-30 noon'],
    ['JWT_JWKS', 'no-such-file.json'],
    ['JWT_JWKS', 'package.json'],
    ['JWT_JWKS', 'ftp://h/keys'],
    ['JWT_JWKS', 'https://user:hunter2@h/keys'],
    ['TRUST_PROXY', 'yes'],
    ['TRUST_PROXY', '10.0.0.300'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.1,'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'https://shop.example/'],
    ['CORS_ORIGINS', 'https://shop.example/path'],
    ['CORS_ORIGINS', 'https://user@shop.example'],
    ['CORS_ORIGINS', 'https://*.shop.example'],
    ['CORS_ORIGINS', 'https://shop.example:80:*'],
    ['CORS_ORIGINS', 'https://shop.example,'],
    ['CORS_ORIGINS', 'ftp://shop.example'],
  ])('refuses %s=%s', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name}: expected `)]);
  });

  it.each([
    ['MONGODB_URI', 'mongodb://user:p%40ss@a:27017,b:27018/shop?replicaSet=rs0&authSource=admin'],
    ['MONGODB_URI', 'mongodb+srv://user:pass@cluster.example.net/shop'],
    ['MONGODB_URI', 'mongodb://[::1]:27017/shop'],
    ['REDIS_URL', 'redis://localhost'],
    ['REDIS_URL', 'redis://localhost:6379/'],
    ['REDIS_URL', 'rediss://user:p%40ss@redis.example.net:6380/2'],
    ['REDIS_URL', 'redis://:pass@[::1]:6379'],
    ['REDIS_URL', 'redis+sentinel://:pass@a:26379,b/main/1'],
    ['REDIS_URL', 'rediss+cluster://a:7000,b:7001,c'],
    ['LEGACY_SUNSET', '2028-02-29'],
    ['LEGACY_SUNSET', '2027-06-30T12:00:00+04:00'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '2'],
    ['JWT_JWKS', 'https://issuer.example/keys?v=1'],
    ['TRUST_PROXY', 'loopback, 10.0.0.0/8,::1'],
  ])('takes %s=%s', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([]);
  });

  it('gives Redis a prefix of its own for each shop, with the layout of the keys', () => {
    const url = 'redis://h';
    expect(loadConfig({ REDIS_URL: url }).redis).toMatchObject({ target: { kind: 'standalone' }, prefix: 'hg:2' });
    expect(loadConfig({ REDIS_URL: url, REDIS_PREFIX: 'shop-b' }).redis).toMatchObject({ prefix: 'shop-b:2' });
    expect(loadConfig({ REDIS_PREFIX: 'shop-b' }).redis).toBeUndefined();
  });

  it('refuses production without a database, unless demo data is asked for', () => {
    for (const more of [{}, { MONGODB_URI: '' }, { DEMO: 'false' }]) {
      expect(faultsOf({ NODE_ENV: 'production', ...more })).toEqual([
        expect.stringMatching(/^MONGODB_URI: expected .* in production, or DEMO=true/),
      ]);
    }
    expect(faultsOf({ NODE_ENV: 'production', MONGODB_URI: 'http://h' })).toHaveLength(1);
    expect(loadConfig({ NODE_ENV: 'production', DEMO: 'true' }).warnings.join()).toContain('demo data is served');
    expect(loadConfig(production).warnings).toEqual([]);
  });

  it('limits clients more strictly in production, up to a billion requests a minute', () => {
    expect(loadConfig(production).rateLimitMax).toBe(60);
    expect(loadConfig({}).rateLimitMax).toBe(600);
    expect(loadConfig({ RATE_LIMIT_MAX: '1000000000' }).rateLimitMax).toBe(1_000_000_000);
    expect(faultsOf({ RATE_LIMIT_MAX: '1000000001' })).toHaveLength(1);
  });

  it('warns of a JWT secret that is shorter than its hash, in bytes', () => {
    expect(loadConfig({ JWT_SECRET: 'x'.repeat(31) }).warnings).toEqual([expect.stringContaining('32 bytes')]);
    expect(loadConfig({ JWT_SECRET: 'x'.repeat(31) }).warnings.join()).not.toContain('xxx');
    expect(loadConfig({ JWT_SECRET: 'é'.repeat(16) }).warnings).toEqual([]);
  });

  it('takes an empty value for unset', () => {
    expect(loadConfig({ PORT: '', MONGODB_URI: '' }).http.port).toBe(5000);
  });

  it('warns of ENABLE_ and CACHE_ names that nobody reads, with the nearest one', () => {
    expect(loadConfig({ ENABLE_BATCH_ENDPONT: 'true', CACHE_XYZ_ABC_DEF: '1', OTHER: 'x' }).warnings).toEqual([
      'ENABLE_BATCH_ENDPONT is no variable of the gateway and has no effect: did you mean ENABLE_BATCH_ENDPOINT?',
      'CACHE_XYZ_ABC_DEF is no variable of the gateway and has no effect',
    ]);
  });

  it('takes a memory tier of no bytes, or of a MiB and more', () => {
    expect(loadConfig({ CACHE_MEMORY_BYTES: '0' }).cache.memoryBytes).toBe(0);
    expect(faultsOf({ CACHE_MEMORY_BYTES: '1048575' })).toHaveLength(1);
  });

  it('takes several workers where they can share a database and a Redis', () => {
    const shared = { MONGODB_URI: 'mongodb://h/x', REDIS_URL: 'redis://h' };
    expect(loadConfig({ ...shared, WORKERS: '4' }).workers).toBe(4);
    expect(loadConfig({ ...shared, WORKERS: 'auto' }).workers).toBeGreaterThan(0);
    for (const WORKERS of ['0', '65', 'x', '1.5', '-1']) {
      expect(faultsOf({ ...shared, WORKERS })).toEqual([
        `WORKERS: expected a number of processes from 1 to 64, or auto: one for each core, got "${WORKERS}"`,
      ]);
    }
    expect(faultsOf({ WORKERS: '2' }).map((fault) => fault.split(':')[0])).toEqual(['MONGODB_URI', 'REDIS_URL']);
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
    expect(Object.isFrozen(loadConfig({}).http)).toBe(true);
  });

  it('takes every variable by itself', () => {
    for (const name of variableNames) expect(() => loadConfig({ [name]: valid[name] ?? 'true' })).not.toThrow();
  });

  it('describes every variable', () => {
    for (const name of variableNames) expect(describeVariables()).toContain(`  ${name} `);
    const lines = describeVariables().split('\n');
    const lineOf = (name: string) => lines.find((line) => line.startsWith(`  ${name} `));
    expect(lineOf('HOST')).toContain('127.0.0.1');
    expect(lineOf('MONGODB_URI')).toContain('embedded database');
  });

  it('takes caches to purge, and asks for the token of those that need one', () => {
    const targets = 'varnish+http://cdn:6081/, nginx:/var/cache/x,fastly:S1,cloudflare:Z1';
    expect(faultsOf({ PURGE_TARGETS: targets })).toEqual([
      'FASTLY_API_TOKEN: expected a secret, because PURGE_TARGETS names fastly',
      'CLOUDFLARE_API_TOKEN: expected a secret, because PURGE_TARGETS names cloudflare',
    ]);
    const tokens = { FASTLY_API_TOKEN: 'f', CLOUDFLARE_API_TOKEN: 'c' };
    expect(loadConfig({ PURGE_TARGETS: targets, ...tokens }).purger.targets).toEqual([
      { kind: 'varnish', url: 'http://cdn:6081' },
      { kind: 'nginx', directory: '/var/cache/x' },
      { kind: 'fastly', service: 'S1' },
      { kind: 'cloudflare', zone: 'Z1' },
    ]);
  });

  it.each([
    'varnish:cdn',
    'varnish+http://user:secret@cdn',
    'nginx:relative',
    'fastly:',
    'cloudflare:a/b',
    'akamai:x',
    '',
  ])('refuses "%s" as a cache to purge', (target) => {
    expect(faultsOf({ PURGE_TARGETS: `nginx:/cache,${target}` })).toMatchObject([
      expect.stringContaining(`got "${target}"`),
    ]);
  });

  it('reads secrets from files, and refuses one that is given twice or cannot be read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'secrets-'));
    const path = join(directory, 'jwt');
    await writeFile(path, `${'x'.repeat(40)}\n`);
    expect(loadConfig({ JWT_SECRET_FILE: path }).auth.secret).toBe('x'.repeat(40));
    expect(faultsOf({ JWT_SECRET_FILE: path, JWT_SECRET: 'y', ADMIN_TOKEN_FILE: '/nowhere' })).toEqual([
      'JWT_SECRET_FILE: expected no value beside JWT_SECRET',
      'ADMIN_TOKEN_FILE: expected a readable file, got "/nowhere"',
    ]);
    await rm(directory, { recursive: true });
  });
});
