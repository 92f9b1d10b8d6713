import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { createProcessFixture } from '../support/servers/process-fixture.js';
import { hasPrometheus, startPrometheus } from '../support/servers/prometheus.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterAll(fixture.close);

it.skipIf(!hasPrometheus())(
  'a Prometheus fires the alerts of what breaks, and resolves them (skipped without prometheus)',
  async () => {
    const { gateways, redis, database } = await fixture.cluster({ gateways: 2 });
    // The rules as they are shipped, but that nothing waits for minutes.
    const rules = (await readFile('ops/prometheus/alerts.yml', 'utf8')).replace(/for: \d+m/g, 'for: 1s');
    const prometheus = await startPrometheus({ origins: gateways.map(({ origin }) => origin), rules });
    const firing = async (): Promise<string[]> => {
      const { alerts } = ((await prometheus.ask('alerts')) ?? { alerts: [] }) as {
        alerts: { state: string; labels: { alertname: string } }[];
      };
      return alerts.flatMap(({ state, labels }) => (state === 'firing' ? [labels.alertname] : []));
    };
    const count = async (name: string) => (await firing()).filter((one) => one === name).length;

    await until(async () => (await count('HomepageRedisAway')) === 0, 5000);
    await redis.signal('SIGKILL');
    await until(async () => (await count('HomepageRedisAway')) === 2, 15_000);
    expect(await count('HomepageDatabaseGone')).toBe(0);
    await redis.restart();
    await until(async () => (await count('HomepageRedisAway')) === 0, 15_000);
    database.process.child.kill('SIGKILL');
    await until(async () => (await count('HomepageDatabaseGone')) === 2, 20_000);
    await prometheus.stop();
  },
);
