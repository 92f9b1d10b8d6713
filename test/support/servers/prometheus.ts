import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.js';
import { freePort } from './redis-server.js';
import { startProcess } from './running-process.js';

const isThere = spawnSync('prometheus', ['--version']).status === 0;
export const prometheusMissing = 'prometheus is missing: apt-get install prometheus';

/** Whether there is a Prometheus; on CI there must be one. */
export function hasPrometheus(): boolean {
  if (!isThere && process.env['CI']) throw new Error(prometheusMissing);
  return isThere;
}

/** A real Prometheus on a free port, which scrapes gateways as `ops/prometheus/prometheus.yml` does. */
export interface Prometheus {
  /** What a path of its API (`query_range`, `alerts`) answers below `data`; undefined where it answers an error. */
  ask(path: string, parameters?: Readonly<Record<string, string>>): Promise<unknown>;
  stop(): Promise<void>;
}

/** Resolves when it is ready. `rules` is the text of a file of rules. */
export async function startPrometheus(options: {
  origins: readonly string[];
  intervalMs?: number;
  rules?: string;
  features?: readonly string[];
}): Promise<Prometheus> {
  const { origins, intervalMs = 500, rules = '', features = [] } = options;
  const directory = await mkdtemp(join(tmpdir(), 'hg-prometheus-'));
  const targets = origins.map((origin) => `'${new URL(origin).host}'`).join(', ');
  const config = [
    `global: { scrape_interval: ${intervalMs}ms, scrape_timeout: ${intervalMs}ms, evaluation_interval: ${intervalMs}ms }`,
    'rule_files: [rules.yml]',
    `scrape_configs: [{ job_name: homepage-gateway, static_configs: [{ targets: [${targets}] }] }]`,
  ].join('\n');
  await writeFile(join(directory, 'rules.yml'), rules);
  await writeFile(join(directory, 'prometheus.yml'), config);
  const port = await freePort();
  const { child, ended } = startProcess('prometheus', [
    `--config.file=${join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    ...features.map((feature) => `--enable-feature=${feature}`),
  ]);
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const origin = `http://127.0.0.1:${port}`;
  const stop = async () => {
    kill();
    process.off('exit', kill);
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  const isReady = async () => (await fetch(`${origin}/-/ready`).catch(() => undefined))?.ok === true;
  await until(isReady, 15_000).catch(async (failure) => {
    await stop();
    throw failure;
  });
  return {
    ask: async (path, parameters = {}) => {
      const response = await fetch(`${origin}/api/v1/${path}?${new URLSearchParams(parameters)}`).catch(
        () => undefined,
      );
      return response?.ok ? ((await response.json()) as { data: unknown }).data : undefined;
    },
    stop,
  };
}
