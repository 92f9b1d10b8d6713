import { atMost, type Drill, exactly } from './drill.js';
import { playing, unlimited, wait } from './scene.js';
import { noneFailed } from './times.js';

const REQUEST_TIMEOUT_MS = 3000;

/** Clients do as a load balancer does: refused by one gateway, they go on to the next. */
export const sigtermUnderLoad: Drill = {
  name: 'sigterm-under-load',
  summary: 'one of three gateways gets SIGTERM under load: no request is dropped, and it ends with 0 in time',
  run: (scale) =>
    playing(async ({ stage, load }) => {
      const phaseMs = scale === 'full' ? 10_000 : 1500;
      const env = { ...unlimited, REQUEST_TIMEOUT: String(REQUEST_TIMEOUT_MS) };
      const { gateways } = await stage.cluster({ env });
      const failover = gateways.map(({ origin }) => origin);
      // Every other one is a page that has to be loaded, so that answers are under way when the signal comes.
      const asks = failover.flatMap((origin) =>
        ['', '?fresh=true&sections=offers,events'].map((query) => ({ origin, path: `/api/v1/homepage${query}` })),
      );
      const traffic = load.start({ asks, failover, pace: { perSecond: 90, forMs: 3 * phaseMs + 10_000 } });
      await wait(phaseMs);
      const [leaving] = gateways;
      const signalledAt = performance.now();
      leaving?.process.child.kill('SIGTERM');
      const readyz = wait(20).then(() => leaving?.readyz().catch(() => 503));
      const code = await leaving?.process.ended;
      const tookMs = performance.now() - signalledAt;
      await wait(phaseMs);
      const samples = await traffic.stop();
      return [
        noneFailed(samples, 'dropped or failed requests'),
        exactly('its exit code', Number(code), 0),
        atMost('it ended after', tookMs, REQUEST_TIMEOUT_MS + 2000, ' ms'),
        exactly('its /readyz at once (or refused)', (await readyz) ?? 0, 503),
      ];
    }),
};
