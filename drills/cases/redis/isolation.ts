import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Ask } from '../../load/plan.js';
import { type Draw, drawFrom } from '../../support/draw.js';
import { atLeast, type Drill, exactly } from '../../support/drill.js';
import { type Gateway, playing, tokenOf } from '../../support/drill-processes.js';
import { expectedFor } from '../../support/expected.js';

const SEED = 5;
const BATCH = 200;

interface Reader {
  token: string | undefined;
  expected: string[];
}

/** Two users and anonymous clients through the same caches: memory, Redis, and requests that share a load. */
export const isolation: Drill = {
  name: 'isolation',
  summary: "two users' and anonymous random traffic over shared caches: not one foreign item, private answers stay so",
  run: (scale, processes) =>
    playing(processes, async ({ cluster, load }) => {
      const count = scale === 'full' ? 10_000 : 600;
      const { gateways, database } = await cluster();
      const owners = await database.db.collection('recommendations').find().limit(2).toArray();
      const readers: Reader[] = await Promise.all(
        [...owners.map(({ userId }) => userId), undefined].map(async (userId) => ({
          token: userId === undefined ? undefined : await tokenOf(String(userId)),
          expected: await expectedFor(database, userId),
        })),
      );
      const draw = drawFrom(xoroshiro128plus(SEED));
      const found = { lists: 0, foreign: 0, failed: 0, open: 0 };
      for (let done = 0; done < count; done += BATCH) {
        const requests = Array.from({ length: BATCH }, () => {
          const reader = draw.of(readers);
          return { reader, ask: randomAsk(draw, draw.of(gateways), reader.token) };
        });
        const asks = requests.map(({ ask }) => ask);
        const samples = await load.run({ asks, pace: { connections: 20, count: BATCH }, keepBody: true });
        for (const { index, status, body = '', headers } of samples) {
          const { reader, ask } = requests[index] as (typeof requests)[number];
          const ids = forYou(body);
          if (status !== 200) found.failed += 1;
          else if (ids !== undefined) {
            found.lists += 1;
            if (ids.join() !== reader.expected.join()) found.foreign += 1;
          }
          const isGet = ask.method !== 'POST';
          const isPrivate = headers['cache-control'] === 'private, no-store';
          if (isGet && reader.token !== undefined && ids !== undefined && !isPrivate) found.open += 1;
        }
        // Invalidated after each batch, so that any of the three kinds of clients causes the next load.
        await draw.of(gateways).invalidate(draw.of(['soft', 'hard']), ['section:justForYou']);
      }
      return [
        exactly('different lists that are expected', new Set(readers.map((r) => r.expected.join())).size, 3),
        exactly(`answers of ${count} that are no 200`, found.failed, 0),
        atLeast('lists compared', found.lists, count / 2),
        exactly('lists with a foreign item (or not all of their own)', found.foreign, 0),
        exactly('private answers that are not private, no-store', found.open, 0),
      ];
    }),
};

function randomAsk(draw: Draw, { origin }: Gateway, token: string | undefined): Ask {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const query = 'query { homepage { justForYou { items { id } } offers { items { id } } } }';
  return draw.of<Ask>([
    { origin, headers, path: '/api/v1/homepage?fields=justForYou.items.id,offers.items.id' },
    { origin, headers, path: '/api/v1/homepage?sections=justForYou&fields=justForYou.items.id' },
    {
      origin,
      headers: headers,
      path: `/graphql?query=${encodeURIComponent(query)}`,
    },
    {
      origin,
      path: '/graphql',
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    },
    { origin, headers, path: '/api/v1/homepage?sections=offers,events&fields=offers.items.id' },
  ]);
}

interface Body {
  data?: {
    sections?: { justForYou?: { items: { id: string }[] } };
    homepage?: { justForYou?: { items: { id: string }[] } };
  };
}

function forYou(body: string): string[] | undefined {
  const { data } = JSON.parse(body === '' ? '{}' : body) as Body;
  return (data?.sections ?? data?.homepage)?.justForYou?.items.map(({ id }) => id);
}
