import { xorshift128plus } from 'pure-rand/generator/xorshift128plus';
import type { Ask } from '../load/plan.js';
import { type Draw, drawFrom } from '../support/draw.js';
import { atLeast, atMost, type Drill, exactly } from '../support/drill.js';
import { place, playing, sectionIds, startLone, tokensOf, wait } from '../support/drill-processes.js';
import { averageFrom, pointsOf, residentMib } from '../support/resident-memory.js';

/** A gateway with an embedded database beside it on two cores keeps up with so much: most pages of a place are read anew. */
const PER_SECOND = 40;
/** How many of each there are to draw from. */
const counts = { places: 10_000, operations: 1000, users: 1000 };
/** How long the full form runs: `DRILL_MINUTES=60` for an hour. */
const MINUTES = Number(process.env['DRILL_MINUTES'] ?? 10);
const GROWTH_SHARE = 0.1;
/** Until the caches are as full as their bounds let them be, memory grows: a shorter run shows only where it stays below. */
const WARM_AFTER_MINUTES = 30;
/** What `docs/operations.md` asks for beside `CACHE_MEMORY_BYTES`: without a bound Node lets garbage lie for as long as there is memory. */
const HEAP_MIB = 256;
/** Beside the heap: code, stacks, buffers of sockets. */
const BESIDE_HEAP_MIB = 128;

/** Nothing that a client names may be kept for ever: places, users, operations, fields, words that mean nothing. */
export const manyKeys: Drill = {
  name: 'many-keys',
  summary: `mixed traffic over ${counts.places} places, ${counts.operations} operations and ${counts.users} users, and changes: memory stays as it is once it is warm`,
  run: (scale) =>
    playing(undefined, async ({ fixture, load }) => {
      const [roundMs, rounds] = scale === 'full' ? [60_000, MINUTES] : [3000, 1];
      const [database, redis] = await Promise.all([fixture.database(), fixture.redis()]);
      const gateway = await startLone(fixture, {
        ...{ MONGODB_URI: database.uri, REDIS_URL: redis.url },
        NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}`,
      });
      const { pid = 0 } = gateway.process.child;
      const tokens = await tokensOf(counts.users);
      const products = database.db.collection('products');
      const ids = await products.find({}, { projection: { _id: 1 } }).toArray();
      const draw = drawFrom(xorshift128plus(1));
      const curve: number[] = [];
      const seen = { answers: 0, failed: 0 };
      let isOver = false;
      const beside = (async () => {
        while (!isOver) {
          curve.push(await residentMib(pid));
          await products.updateOne({ _id: draw.of(ids)._id }, { $inc: { recommendationScore: 0.001 } });
          await wait(scale === 'full' ? 1000 : 200);
        }
      })();
      for (let round = 0; round < rounds; round += 1) {
        const asks = Array.from({ length: (roundMs / 1000) * PER_SECOND }, () => mixed(gateway.origin, tokens, draw));
        const samples = await load.run({ asks, pace: { perSecond: PER_SECOND, forMs: roundMs } });
        seen.answers += samples.length;
        seen.failed += samples.filter(({ status }) => status === 0 || status >= 500).length;
      }
      isOver = true;
      await beside;
      console.log(`  resident MiB: ${pointsOf(curve)}`);
      const [warmMib, endMib] = [averageFrom(curve, 1 / 3), averageFrom(curve, 0.9)];
      const isWarm = scale === 'full' && MINUTES >= WARM_AFTER_MINUTES;
      const growth = `growth after warm-up, from ${Math.round(warmMib)} MiB`;
      const [, redisBytes = '0'] = /used_memory:(\d+)/.exec(await redis.client().info('memory')) ?? [];
      return [
        atLeast('answers', seen.answers, (rounds * roundMs * PER_SECOND) / 2000),
        exactly('answers with 5xx, or none', seen.failed, 0),
        isWarm
          ? atMost(growth, endMib - warmMib, Math.round(warmMib * GROWTH_SHARE), ' MiB')
          : atMost('resident at the end', endMib, HEAP_MIB + BESIDE_HEAP_MIB, ' MiB'),
        atMost('Redis holds', Number(redisBytes) / 1024 ** 2, 400, ' MiB'),
      ];
    }),
};

/** One request, in the shares of a shop with apps, pages for places, and a few clients who send what is wrong. */
function mixed(origin: string, tokens: readonly string[], draw: Draw): Ask {
  const share = draw.below(100);
  const headers = { authorization: `Bearer ${draw.of(tokens)}` };
  const limit = 1 + draw.below(20);
  const somewhere = place(draw.below(counts.places));
  if (share < 30) return { origin, path: '/api/v1/homepage' };
  if (share < 55) return { origin, path: `/api/v1/homepage?location=${somewhere}&limit=${limit}` };
  if (share < 70) {
    const query = `{ homepage(limit: ${limit}) { of${draw.below(counts.operations)}: offers { items { id title } } metadata { ttl } } }`;
    const body = JSON.stringify({ query });
    return { origin, path: '/graphql', method: 'POST', headers: { 'content-type': 'application/json' }, body };
  }
  if (share < 80) return { origin, headers, path: `/api/v1/homepage?limit=${limit}&includeAnalytics=true` };
  if (share < 90) {
    const fields = `offers.items.title,events.items.${draw.of(['title', 'date', 'price'])}`;
    return { origin, path: `/api/v1/homepage?limit=${limit}&fields=${fields}` };
  }
  if (share < 95) return { origin, path: `/stores/featured?location=${somewhere}` };
  return { origin, path: `/api/v1/homepage?sections=${draw.of(sectionIds)}${draw.below(1_000_000)}` };
}
