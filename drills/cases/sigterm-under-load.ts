import { atLeast, atMost, type Drill, exactly } from '../support/drill.js';
import { type Gateway, place, playing, startLone, until, wait } from '../support/drill-processes.js';
import { noneFailed } from '../support/times.js';

const REQUEST_TIMEOUT_MS = 3000;
const DRAIN_MS = 4000;
const LOAD_MS = 100;
/** Load balancers ask about every second; a loaded process handles a signal when its event loop gets to it. */
const SAID_MS = 500;

/** The load behaves like a load balancer: it leaves a gateway soon after that says that it is not ready. */
export const sigtermUnderLoad: Drill = {
  name: 'sigterm-under-load',
  summary: 'one of three gateways gets SIGTERM under load: no request is dropped, and it ends with 0 in time',
  run: (scale, processes) =>
    playing(processes, async ({ fixture, cluster, load }) => {
      const phaseMs = scale === 'full' ? 10_000 : 1000;
      const { gateways, database, env } = await cluster();
      const leaving = await startLone(fixture, {
        ...{ ...env, REQUEST_TIMEOUT: String(REQUEST_TIMEOUT_MS), DRAIN_MS: String(DRAIN_MS) },
      });
      // Loads are slowed down so that every gateway has some in flight at any time.
      await database.slow(['aggregate'], LOAD_MS, 'events');
      try {
        const failover = [leaving, ...gateways.slice(1)].map(({ origin }) => origin);
        // Every other request is for a new location, so that answers are in flight when the signal comes.
        const asks = Array.from({ length: 6000 }, (_, index) => ({
          origin: failover[index % failover.length] ?? '',
          path: `/api/v1/homepage${index % 2 === 0 ? '' : `?sections=events&location=${place(index)}`}`,
        }));
        const pace = { perSecond: 60, forMs: 3 * phaseMs + 10_000 };
        const before = load.start({ asks, failover, pace });
        await wait(phaseMs);
        const signalledAt = performance.now();
        const signalledOn = Date.now();
        leaving.process.child.kill('SIGTERM');
        const notReady = await notReadyAt(leaving);
        // A load balancer sends a little longer to a gateway that is not ready, then to the others.
        await wait(1000);
        const first = await before.stop();
        const others = asks.filter(({ origin }) => origin !== leaving.origin);
        const after = load.start({ asks: others, pace });
        const code = await leaving.process.ended;
        const tookMs = performance.now() - signalledAt;
        await wait(phaseMs);
        const samples = [...first, ...(await after.stop())];
        const underWay = first.filter(
          ({ index, askedAt, tookMs }) =>
            asks[index]?.origin === leaving.origin && askedAt < signalledOn && askedAt + tookMs > signalledOn,
        );
        return [
          noneFailed(samples, 'dropped or failed requests'),
          atLeast('answers under way at the signal', underWay.length, 1),
          exactly('its exit code', Number(code), 0),
          atMost('it ended after', tookMs, DRAIN_MS + REQUEST_TIMEOUT_MS + 2000, ' ms'),
          atMost('its /readyz said 503 after', notReady - signalledAt, SAID_MS, ' ms'),
        ];
      } finally {
        await database.heal();
      }
    }),
};

/** When its /readyz first said 503, while its port still listens. */
async function notReadyAt(gateway: Gateway): Promise<number> {
  await until(async () => (await gateway.readyz()) === 503, 2 * SAID_MS).catch(() => undefined);
  return performance.now();
}
