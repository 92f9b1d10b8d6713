import type { Sample } from '../../load/plan.js';
import { atLeast, atMost, type Drill, exactly, type Finding } from '../../support/drill.js';
import { playing } from '../../support/drill-processes.js';

const MAX = 60;
const GATEWAYS = 3;

/** One limit per client over all gateways. Counters are exchanged through Redis a few times a second, so a few more requests pass. */
export const rateLimitShared: Drill = {
  name: 'rate-limit-shared',
  summary: 'three gateways share one limit for each client; without Redis each holds it for itself',
  run: (_scale, processes) =>
    playing(processes, async ({ fixture, load, database }) => {
      const env = { RATE_LIMIT_MAX: String(MAX), TRUST_PROXY: 'loopback' };
      const { gateways, redis } = await fixture.cluster({ gateways: GATEWAYS, env, database: await database() });
      const as = (client: string, forMs: number) =>
        load.run({
          asks: gateways.map(({ origin }) => ({
            origin,
            path: '/api/v1/homepage?sections=offers&limit=1',
            headers: { 'x-forwarded-for': client },
          })),
          pace: { perSecond: 30, forMs },
        });
      const one = await as('198.51.100.1', 5000);
      const other = await as('198.51.100.2', 500);
      await redis.signal('SIGKILL');
      const alone = await load.run({
        asks: gateways.map(({ origin }) => ({
          origin,
          path: '/api/v1/homepage?sections=offers&limit=1',
          headers: { 'x-forwarded-for': '198.51.100.3' },
        })),
        pace: { connections: GATEWAYS, count: GATEWAYS * MAX * 1.5 },
      });
      const refused = one.filter(({ status }) => status === 429);
      return [
        atLeast(`passed of ${one.length}`, passed(one), MAX),
        atMost(`passed of ${one.length}`, passed(one), Math.floor(MAX * 1.15)),
        exactly('neither passed nor 429', one.length - passed(one) - refused.length, 0),
        announced(refused),
        exactly('refused of another client', other.length - passed(other), 0),
        atLeast('without Redis: passed', passed(alone), MAX),
        atMost('without Redis: passed', passed(alone), GATEWAYS * MAX),
      ];
    }),
};

const passed = (samples: readonly Sample[]) => samples.filter(({ status }) => status === 200).length;

/** The finding that every 429 says when the client may try again. */
function announced(refused: readonly Sample[]): Finding {
  const silent = refused.filter(
    ({ headers }) =>
      !(Number(headers['retry-after']) > 0) || !Object.keys(headers).some((name) => name.startsWith('ratelimit')),
  );
  const finding = exactly('429 without Retry-After and RateLimit headers', silent.length, 0);
  return refused.length > 0 ? finding : { ...finding, measured: 'no 429 at all', passed: false };
}
