import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../../src/graphql/schema/build-schema.js';
import { registry } from '../../../src/sections/registry.js';
import { bothWays, comparable, operationRequest, plain, type Sent, searches } from '../../support/app/both-ways.js';
import { bearer } from '../../support/app/build-test-app.js';
import { cachedAppFixture } from '../../support/app/cached-app-fixture.js';
import { randomOperations } from '../../support/data/random-operations.js';
import { type RedisServer, startRedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';

const fixture = cachedAppFixture({ products: 60 });
const { send, sendLong } = bothWays(() => fixture.app);
const admin = { ADMIN_TOKEN: 'admin' };
const operations = randomOperations(createSchema(registry), registry);

async function invalidate(tags: readonly string[], mode: 'soft' | 'hard'): Promise<void> {
  const { status } = await fixture.app.send({
    method: 'POST',
    path: '/admin/invalidate',
    headers: { authorization: 'Bearer admin', 'content-type': 'application/json' },
    body: JSON.stringify({ tags, mode }),
  });
  expect(status).toBe(200);
}

/** Random pages of random users, by every interface, with some of the sections invalidated before. */
const asked = fc.record({
  page: fc.oneof(searches, operations),
  isUser: fc.boolean(),
  isGet: fc.boolean(),
  stale: fc.subarray(registry.map(({ id }) => id)),
});

/** Each page by the short way, and the same past it; how many were short, and how many had a stale section. */
async function compare(runs: number, seed: number): Promise<{ short: number; stale: number }> {
  const user = await bearer('507f1f77bcf86cd799439011', fixture.clock);
  let short = 0;
  let stale = 0;
  await fc.assert(
    fc.asyncProperty(asked, async ({ page, isUser, isGet, stale: invalidated }) => {
      const headers = isUser ? user : {};
      const request: Sent =
        typeof page === 'string'
          ? { path: `/api/v1/homepage${page}`, headers }
          : operationRequest({ ...page, isGet, headers });
      await send(request);
      const tags = invalidated.map((id) => `section:${id}`);
      if (tags.length > 0) {
        await invalidate(tags, 'hard');
        await send(request);
        // What was read less than a second ago is left as it is.
        await invalidate(tags, 'soft');
      }
      const answer = await send(request);
      expect(comparable(answer), request.path).toEqual(comparable(await sendLong(request)));
      if (answer.short) short += 1;
      if (plain(answer).includes('"STALE"')) stale += 1;
    }),
    { numRuns: runs, seed },
  );
  return { short, stale };
}

describe('what is stale', () => {
  it('goes the short way, and is the long way’s answer', async () => {
    await fixture.restart(admin);
    const { short, stale } = await compare(40, 3);
    expect(short).toBeGreaterThan(25);
    expect(stale).toBeGreaterThan(5);
  });

  it('is renewed behind the answers, also while the database fails', async () => {
    await fixture.restart(admin);
    const request = { path: '/api/v1/homepage?sections=offers' };
    await send(request);
    await fixture.clock.advance(200_000);
    await fixture.shop.fail('offers', { errorCode: 96 });
    for (let i = 0; i < 3; i++) {
      const answer = await send(request);
      expect([answer.short, plain(answer)]).toEqual([true, expect.stringContaining('"STALE"')]);
      expect(answer.headers['cache-control']).toMatch(/^public, s-maxage=0, stale-while-revalidate=\d+/);
    }
    await fixture.shop.heal();
    await fixture.clock.advance(5000);
    await until(async () => plain(await send(request)).includes('"CACHED"'));
    expect((await send(request)).short).toBe(true);
  });
});

describe('with CACHE_MEMORY_BYTES=0', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedisServer();
  });
  afterAll(() => redis.stop());
  const start = async () => {
    await fixture.restart({ ...admin, REDIS_URL: redis.url, CACHE_MEMORY_BYTES: '0' });
    const request = { path: '/api/v1/homepage' };
    // Its link to Redis comes up; what was read before it cannot be verified.
    await until(async () => {
      await fixture.clock.advance(1100);
      await send(request);
      return (await send(request)).short && !plain(await send(request)).includes('"STALE"');
    });
    return request;
  };

  it('Redis says of every page that it still stands, and the answer is the long way’s', async () => {
    await start();
    const { short } = await compare(30, 4);
    expect(short).toBeGreaterThan(15);
  });

  it('nothing is served that Redis does not hold, or holds as forbidden', async () => {
    const request = await start();
    const before = await send(request);
    expect([before.short, plain(before)]).toEqual([true, expect.stringContaining('"fromCache":true')]);
    await invalidate(['section:offers'], 'hard');
    const after = await send(request);
    expect([after.short, plain(after)]).toEqual([false, expect.stringMatching(/"section":"offers","status":"FRESH"/)]);
    expect((await send(request)).short).toBe(true);
  });

  it('memory serves by itself while Redis is away', async () => {
    const request = await start();
    await redis.signal('SIGSTOP');
    try {
      // The request that finds it out waits for Redis, by a clock that stands still until it is told to go on.
      let answered = false;
      const finding = send(request).then((answer) => {
        answered = true;
        return answer;
      });
      await until(async () => {
        await fixture.clock.advance(10);
        return answered;
      });
      expect((await finding).status).toBe(200);
      const next = await send(request);
      expect([next.short, next.status, plain(next)]).toEqual([true, 200, expect.stringContaining('"fromCache":true')]);
    } finally {
      await redis.signal('SIGCONT');
    }
  });
});
