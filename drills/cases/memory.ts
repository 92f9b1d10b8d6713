import type { Ask } from '../load/plan.js';
import { atLeast, atMost, type Drill, type Finding } from '../support/drill.js';
import { place, playing, tokensOf } from '../support/drill-processes.js';
import { averageFrom, pointsOf, residentMib } from '../support/resident-memory.js';
import { noneFailed } from '../support/times.js';

/** Growth counts as a leak beyond this share of the warm size, and beyond GROWTH_MIB, the steps in which a heap grows. */
const GROWTH_SHARE = 0.1;
/** The short form measures a process that is still warming up: its bound only shows that the drill works. */
const GROWTH_MIB = { full: 20, short: 60 } as const;

/** Memory that still grows once the caches are warm would grow for ever. */
export const memory: Drill = {
  name: 'memory',
  summary: "100 users' steady mixed load: the gateway's memory stays as it is once it is warm",
  run: (scale, processes) =>
    playing(processes, async ({ load, lone }) => {
      const forMs = scale === 'full' ? 300_000 : 3000;
      const { origin, process } = await lone();
      const { pid = 0 } = process.child;
      const tokens = await tokensOf(100);
      const curve: number[] = [];
      const sampling = setInterval(
        () => void residentMib(pid).then((mib) => curve.push(mib)),
        scale === 'full' ? 1000 : 200,
      );
      const samples = await load
        .run({ asks: tokens.flatMap((token, user) => mixed(origin, token, user)), pace: { perSecond: 100, forMs } })
        .finally(() => clearInterval(sampling));
      const [warmMib, endMib] = [averageFrom(curve, 1 / 3), averageFrom(curve, 0.9)];
      console.log(`  resident MiB: ${pointsOf(curve)}`);
      const limit = Math.round(Math.max(GROWTH_MIB[scale], warmMib * GROWTH_SHARE));
      const findings: Finding[] = [
        atLeast('answers', samples.length, (forMs / 1000) * 50),
        atMost(`growth after warm-up, from ${Math.round(warmMib)} MiB`, endMib - warmMib, limit, ' MiB'),
      ];
      return [noneFailed(samples), ...findings];
    }),
};

/** The requests of one user, in turn. */
function mixed(origin: string, token: string, user: number): Ask[] {
  const headers = { authorization: `Bearer ${token}` };
  const query = `{ homepage(limit: ${1 + (user % 20)}) { justForYou { items { id name } } events { items { id title } } } }`;
  return [
    { origin, headers, path: '/api/v1/homepage' },
    { origin, path: `/api/v1/homepage?location=${place(user % 20)}` },
    { origin, path: '/offers?flashSale=true' },
    {
      origin,
      path: '/graphql',
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    },
  ];
}
