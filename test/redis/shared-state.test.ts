import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectRedis, type RedisConnection } from '../../src/redis/redis-connection.js';
import { createSharedState, type SharedState } from '../../src/redis/shared-state.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';

let server: RedisServer;
let redis: RedisConnection;
let state: SharedState;

beforeAll(async () => {
  server = await startRedisServer();
  redis = connectRedis({ url: server.url, commandTimeoutMs: 1000 });
  redis.connect();
  state = createSharedState({ redis, random: Math.random });
  await vi.waitFor(() => state.load('anything'), { timeout: 5000 });
});
afterAll(async () => {
  redis.close();
  await server.stop();
});

describe('shared state', () => {
  it('elects one', async () => {
    const votes = await Promise.all([1, 2, 3].map(() => state.elect('round', 60_000)));
    expect(votes.filter(Boolean)).toHaveLength(1);
    expect(await state.elect('another', 60_000)).toBe(true);
  });

  it('keeps a text by name, and forgets it', async () => {
    await state.save('place', '{"a":1}');
    expect(await state.load('place')).toBe('{"a":1}');
    await state.save('place', undefined);
    expect(await state.load('place')).toBeUndefined();
  });

  it('sums the counters of buckets', async () => {
    await state.add(
      'views:1',
      new Map([
        ['events', 2],
        ['offers', 1],
      ]),
      60_000,
    );
    await state.add('views:1', new Map([['events', 3]]), 60_000);
    await state.add('views:2', new Map([['events', 10]]), 60_000);
    expect(Object.fromEntries(await state.sum(['views:1', 'views:2', 'views:3']))).toEqual({ events: 15, offers: 1 });
  });

  it('gives every key a time to live', async () => {
    await state.save('place', 'x');
    const client = server.client();
    for (const key of await client.keys('*')) expect(await client.pttl(key), key).toBeGreaterThan(0);
  });

  it('rejects while Redis is away, and works again when it is back', async () => {
    await server.signal('SIGKILL');
    await expect(state.load('place')).rejects.toThrow();
    await server.restart();
    await expect.poll(() => state.elect('later', 1000).catch(() => false), { timeout: 5000 }).toBe(true);
  });
});
