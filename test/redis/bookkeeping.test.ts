import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Counters, createCounters } from '../../src/redis/counters.js';
import { createElections, type Elections } from '../../src/redis/elections.js';
import { connectRedis, type RedisConnection } from '../../src/redis/redis-connection.js';
import { createTexts, type Texts } from '../../src/redis/texts.js';
import { type RedisServer, startRedisServer } from '../support/servers/redis-server.js';

let server: RedisServer;
let redis: RedisConnection;
let elections: Elections;
let texts: Texts;
let counters: Counters;

beforeAll(async () => {
  server = await startRedisServer();
  redis = connectRedis({ target: server.target, commandTimeoutMs: 1000 });
  redis.connect();
  const place = { redis, prefix: 'shop-a:1' };
  elections = createElections({ ...place, random: Math.random });
  texts = createTexts(place);
  counters = createCounters(place);
  await vi.waitFor(() => texts.load('anything'), { timeout: 5000 });
});
afterAll(async () => {
  redis.close();
  await server.stop();
});

describe('bookkeeping in Redis', () => {
  it('elects one', async () => {
    const votes = await Promise.all([1, 2, 3].map(() => elections.elect('round', 60_000)));
    expect(votes.filter(Boolean)).toHaveLength(1);
    expect(await elections.elect('another', 60_000)).toBe(true);
  });

  it('keeps a text by name, and forgets it', async () => {
    await texts.save('place', '{"a":1}');
    expect(await texts.load('place')).toBe('{"a":1}');
    await texts.save('place', undefined);
    expect(await texts.load('place')).toBeUndefined();
  });

  it('sums the counters of buckets', async () => {
    await counters.add(
      'views:1',
      new Map([
        ['events', 2],
        ['offers', 1],
      ]),
      60_000,
    );
    await counters.add('views:1', new Map([['events', 3]]), 60_000);
    await counters.add('views:2', new Map([['events', 10]]), 60_000);
    expect(Object.fromEntries(await counters.sum(['views:1', 'views:2', 'views:3']))).toEqual({
      events: 15,
      offers: 1,
    });
  });

  it('gives every key the prefix and a time to live', async () => {
    await texts.save('place', 'x');
    const client = server.client();
    const keys = await client.keys('*');
    expect(keys).not.toEqual([]);
    for (const key of keys) {
      expect(key).toMatch(/^shop-a:1:/);
      expect(await client.pttl(key), key).toBeGreaterThan(0);
    }
  });

  it('rejects while Redis is away, and works again when it is back', async () => {
    await server.signal('SIGKILL');
    await expect(texts.load('place')).rejects.toThrow();
    await server.restart();
    await expect.poll(() => elections.elect('later', 1000).catch(() => false), { timeout: 5000 }).toBe(true);
  });
});
