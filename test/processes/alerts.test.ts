import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createProcessFixture } from '../support/servers/process-fixture.js';
import { freePort } from '../support/servers/redis-server.js';
import { startProcess } from '../support/servers/running-process.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterAll(fixture.close);

const isThere = spawnSync('prometheus', ['--version']).status === 0;
if (!isThere && process.env['CI']) throw new Error('prometheus is missing: apt-get install prometheus');

it.skipIf(!isThere)(
  'a Prometheus fires the alerts of what breaks, and resolves them (skipped without prometheus)',
  async () => {
    const { gateways, redis, database } = await fixture.cluster({ gateways: 2 });
    const directory = await mkdtemp(join(tmpdir(), 'hg-prometheus-'));
    // The rules as they are shipped, but that nothing waits for minutes.
    const rules = (await readFile('ops/prometheus/alerts.yml', 'utf8')).replace(/for: \d+m/g, 'for: 1s');
    const targets = gateways.map(({ origin }) => `'${new URL(origin).host}'`).join(', ');
    const config = [
      'global: { scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 500ms }',
      'rule_files: [alerts.yml]',
      `scrape_configs: [{ job_name: homepage-gateway, static_configs: [{ targets: [${targets}] }] }]`,
    ].join('\n');
    await writeFile(join(directory, 'alerts.yml'), rules);
    await writeFile(join(directory, 'prometheus.yml'), config);
    const port = await freePort();
    const prometheus = startProcess('prometheus', [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    const firing = async (): Promise<string[]> => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/alerts`).catch(() => undefined);
      if (!response?.ok) return [];
      const { data } = (await response.json()) as {
        data: { alerts: { state: string; labels: { alertname: string } }[] };
      };
      return data.alerts.flatMap(({ state, labels }) => (state === 'firing' ? [labels.alertname] : []));
    };
    const count = async (name: string) => (await firing()).filter((one) => one === name).length;

    await until(
      async () => (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.ok === true,
      15_000,
    );
    await until(async () => (await count('HomepageRedisAway')) === 0, 5000);
    await redis.signal('SIGKILL');
    await until(async () => (await count('HomepageRedisAway')) === 2, 15_000);
    expect(await count('HomepageDatabaseGone')).toBe(0);
    await redis.restart();
    await until(async () => (await count('HomepageRedisAway')) === 0, 15_000);
    database.process.child.kill('SIGKILL');
    await until(async () => (await count('HomepageDatabaseGone')) === 2, 20_000);
    prometheus.child.kill('SIGKILL');
    await prometheus.ended;
    await rm(directory, { recursive: true, force: true });
  },
);
