import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRateLimiter, type RateLimiter } from '../../../src/http/rate-limit/rate-limiter.js';
import { connectRedis, type RedisConnection } from '../../../src/redis/redis-connection.js';
import { createSpendings } from '../../../src/redis/spendings.js';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.js';
import { type RedisServer, startRedisServer } from '../../support/servers/redis-server.js';
import { silentLogger as logger } from '../../support/test-logger.js';
import { until } from '../../support/until.js';

let clock: FakeClock;
beforeEach(() => {
  clock = createFakeClock();
});

/** How many of so many requests pass. */
const passed = (limiter: RateLimiter, count: number, client = 'u:1') =>
  Array.from({ length: count }, () => limiter.take(client, 1)).filter(({ allowed }) => allowed).length;

describe('a sliding window', () => {
  it('lets a burst of the limit through, and no more at the turn of a minute', async () => {
    const limiter = createRateLimiter({ max: 60, clock, logger });
    await clock.advance(59_000);
    expect(passed(limiter, 100)).toBe(60);
    for (const ms of [1000, 40_000, 9000]) {
      await clock.advance(ms);
      expect(passed(limiter, 100)).toBe(0);
    }
    await clock.advance(20_000);
    expect(passed(limiter, 100)).toBe(60);
  });

  it('lets a steady client spend the limit, and counts nothing that is refused', async () => {
    const limiter = createRateLimiter({ max: 60, clock, logger });
    let count = 0;
    for (let second = 0; second < 600; second++) {
      count += passed(limiter, 3);
      await clock.advance(1000);
    }
    expect(count).toBeGreaterThan(540);
    expect(count).toBeLessThanOrEqual(660);
  });

  it('says truly when one more passes', async () => {
    const limiter = createRateLimiter({ max: 7, clock, logger });
    await clock.advance(3300);
    passed(limiter, 7);
    const { waitSeconds } = limiter.take('u:1', 1);
    await clock.advance(waitSeconds * 1000 - 1001);
    expect(limiter.take('u:1', 1).allowed).toBe(false);
    await clock.advance(1001);
    expect(limiter.take('u:1', 1).allowed).toBe(true);
  });

  it('remembers no more clients than it may', () => {
    const limiter = createRateLimiter({ max: 60, clock, logger, maxClients: 1000 });
    for (let client = 0; client < 5000; client++) limiter.take(`ip:${client}`, 1);
    expect(limiter.size).toBe(1000);
  });
});

describe('over one Redis', () => {
  let server: RedisServer;
  const connections: RedisConnection[] = [];
  const limiters: RateLimiter[] = [];
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterEach(() => {
    for (const limiter of limiters.splice(0)) limiter.stop();
    for (const connection of connections.splice(0)) connection.close();
  });
  afterAll(() => server.stop());

  async function createThree() {
    let rounds = 0;
    for (const _ of [1, 2, 3]) {
      const redis = connectRedis({ target: server.target, commandTimeoutMs: 1000 });
      connections.push(redis);
      redis.connect();
      await until(() =>
        redis.run([['ping']]).then(
          () => true,
          () => false,
        ),
      );
      const spendings = createSpendings({ redis, prefix: 'hg:1' });
      const spend: typeof spendings.spend = async (round) => {
        try {
          return await spendings.spend(round);
        } finally {
          rounds += 1;
        }
      };
      limiters.push(createRateLimiter({ max: 60, clock, logger, shared: { spend } }));
    }
    /** Lets each of them tell what it has, and hear the rest. */
    return async (count: number) => {
      const before = rounds;
      await clock.advance(200);
      await until(() => rounds >= before + count);
      await new Promise((resolve) => setImmediate(resolve));
    };
  }

  it('three processes share one limit, with keys that end', async () => {
    const synchronised = await createThree();
    for (const limiter of limiters) expect(passed(limiter, 10)).toBe(10);
    await synchronised(3);
    for (const limiter of limiters) limiter.take('u:1', 1);
    await synchronised(3);
    for (const limiter of limiters) limiter.take('u:1', 1);
    await synchronised(3);
    // 36 are spent, of which each has heard of 34 at least.
    for (const limiter of limiters) expect(passed(limiter, 60)).toBeLessThanOrEqual(26);
    await synchronised(3);
    for (const limiter of limiters) expect(limiter.take('u:1', 1).allowed).toBe(false);
    const client = server.client();
    const keys = await client.keys('*');
    expect(keys).toEqual(['hg:1:rate:u:1']);
    for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0);
  });

  it('what was spent while Redis was away is told when it is back, and the limit holds meanwhile', async () => {
    await createThree();
    const [one, two] = limiters as [RateLimiter, RateLimiter];
    await server.signal('SIGKILL');
    expect(passed(one, 100, 'u:2')).toBe(60);
    await clock.advance(200);
    expect(passed(one, 100, 'u:2')).toBe(0);
    await server.restart();
    // It hears of the others when it has something to tell.
    let passedHere = 0;
    await until(async () => {
      await clock.advance(100);
      const { allowed } = two.take('u:2', 1);
      if (allowed) passedHere += 1;
      return !allowed;
    }, 5000);
    expect(passedHere).toBeLessThan(60);
    const client = server.client();
    const sums = Object.values(await client.hgetall('hg:1:rate:u:2')).map(Number);
    expect(sums.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(60);
  });
});
