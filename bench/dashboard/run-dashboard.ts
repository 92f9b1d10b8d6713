import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hasBrowser } from '../../test/support/servers/browser.js';
import { createProcessFixture } from '../../test/support/servers/process-fixture.js';
import {
  hasPrometheus,
  type Prometheus,
  prometheusMissing,
  startPrometheus,
} from '../../test/support/servers/prometheus.js';
import { drawLines } from '../report/line-plots.js';
import { originOf } from '../report/results.js';
import { installPeers } from '../support/peers.js';
import { column, pageOf, row, shootPage } from './dashboard-page.js';
import { type AnsweredPanel, narrowed, plotOf, readPanels, type Series, withoutData, withoutEvent } from './panels.js';
import { faultEnv, playFaults } from './play-faults.js';

const DASHBOARD = 'ops/grafana/dashboard.json';
const PICTURE = 'docs/images/dashboard.png';
/** Seconds. A rate takes the values of ten scrapes, as over five minutes at an interval of thirty seconds. */
const STEP = 1;
const RATE = 10;

/** Why it cannot run here; undefined when it can. */
function missing(): string | undefined {
  if (!hasPrometheus()) return prometheusMissing;
  if (!hasBrowser()) return 'chromium is missing: apt-get install chromium';
  if (spawnSync('redis-server', ['--version']).status !== 0)
    return 'redis-server is missing: apt-get install redis-server';
  return undefined;
}

/**
 * Plays faults on two gateways that a real Prometheus scrapes, asks it every query of the dashboard, and writes one picture of all
 * panels. The process ends with 1 when something that it needs is missing, or a query has no data.
 */
export async function runDashboard(options: { command: string }): Promise<void> {
  const reason = missing();
  if (reason !== undefined) {
    console.error(`The dashboard is not drawn, because ${reason}`);
    process.exitCode = 1;
    return;
  }
  installPeers();
  const panels = readPanels(await readFile(DASHBOARD, 'utf8'));
  const fixture = createProcessFixture();
  let prometheus: Prometheus | undefined;
  try {
    const cluster = await fixture.cluster({ gateways: 2, env: faultEnv });
    prometheus = await startPrometheus({
      origins: cluster.gateways.map(({ origin }) => origin),
      intervalMs: STEP * 1000,
    });
    console.log('Two minutes of load, in which Redis and the database fail');
    const startedAt = Date.now() / 1000;
    const spans = await playFaults({ fixture, cluster });
    const range = { start: String(startedAt), end: String(Date.now() / 1000), step: String(STEP) };
    const answered: AnsweredPanel[] = [];
    for (const panel of panels) {
      const answers: Series[][] = [];
      for (const { expr } of panel.queries) {
        const answer = await prometheus.ask('query_range', { query: narrowed(expr, RATE), ...range });
        answers.push((answer as { result: Series[] } | undefined)?.result ?? []);
      }
      answered.push({ panel, answers });
    }
    const { machine, commit, at } = originOf(options.command);
    const svgs = drawLines(answered.map((one) => plotOf(one, { startedAt, step: STEP, spans, column, row })));
    const caption =
      `The panels of ${DASHBOARD}, asked of a real Prometheus by <code>${options.command}</code> (${commit}, ${at.slice(0, 10)}, ${machine}): ` +
      `two gateways under load, with faults shaded. Rates are taken over ${RATE} s instead of 5 min.`;
    await shootPage(pageOf({ title: 'Homepage Gateway', caption, panels, svgs }), PICTURE);
    console.log(`${panels.length} panels: ${PICTURE}`);
    for (const title of withoutEvent(answered)) console.log(`Nothing but zeros: ${title}`);
    for (const name of withoutData(answered)) {
      console.log(`No data: ${name}`);
      process.exitCode = 1;
    }
  } finally {
    await prometheus?.stop();
    await fixture.close();
  }
}
