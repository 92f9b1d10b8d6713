import { atLeast, type Drill, exactly } from '../support/drill.js';
import { playing, startLone, until } from '../support/drill-processes.js';
import { noneFailed } from '../support/times.js';

/** A load balancer looks once a second or so: until it has noticed, its requests still come. */
export const drain: Drill = {
  name: 'drain',
  summary:
    'a gateway gets SIGTERM while its load balancer goes on sending: each request is served until DRAIN_MS are over',
  run: (scale, processes) =>
    playing(processes, async ({ fixture, database, load }) => {
      const drainMs = scale === 'full' ? 5000 : 2000;
      const { uri: MONGODB_URI } = await database();
      const gateway = await startLone(fixture, { MONGODB_URI, DRAIN_MS: String(drainMs) });
      const asks = [{ origin: gateway.origin, path: '/api/v1/homepage' }];
      await load.run({ asks, pace: { connections: 1, count: 5 } });
      gateway.process.child.kill('SIGTERM');
      await until(async () => (await gateway.readyz()) === 503);
      const samples = await load.run({ asks, pace: { perSecond: 50, forMs: drainMs / 2 } });
      return [
        noneFailed(samples, 'requests that failed while it was not ready'),
        atLeast('requests while it was not ready', samples.length, drainMs / 50),
        exactly('its exit code', Number(await gateway.process.ended), 0),
      ];
    }),
};
