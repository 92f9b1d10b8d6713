import { describe, expect, it } from 'vitest';
import { ConfigError, describeVariables, loadConfig, variableNames } from '../../src/core/config.js';

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
  it('has the defaults of the spec', () => {
    const config = loadConfig({});
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 5000, requestTimeoutMs: 10_000, batchEndpoint: true });
    expect(config.database).toEqual({ uri: undefined, poolSize: 50, queryTimeoutMs: 5000 });
    expect(config.warnings).toEqual([]);
  });

  it('listens on every address in production, unless told otherwise', () => {
    expect(loadConfig({ NODE_ENV: 'production' }).http.host).toBe('0.0.0.0');
    expect(loadConfig({ NODE_ENV: 'production', HOST: '10.0.0.1' }).http.host).toBe('10.0.0.1');
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

  it('never repeats a secret', () => {
    expect(faultsOf({ MONGODB_URI: 'http://user:hunter2@host' }).join()).not.toContain('hunter2');
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

  it('cannot be changed', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
    expect(Object.isFrozen(loadConfig({}).http)).toBe(true);
  });

  it('describes every variable', () => {
    for (const name of variableNames) expect(describeVariables()).toContain(`  ${name} `);
  });
});
