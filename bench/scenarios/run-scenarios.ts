import { createProcessFixture } from '../../test/support/servers/process-fixture.js';
import { originOf, type ScenarioResults, type ScenarioRow } from '../report/results.js';
import { installPeers } from '../support/peers.js';
import { contenders } from './contender.js';
import { openDatabaseLink } from './database-link.js';
import { loadScenarios } from './load-scenarios.js';
import { outageScenarios } from './outage-scenarios.js';
import type { Outcome, Stage } from './scenario.js';

const scenarios = [...loadScenarios, ...outageScenarios];

/** Plays every failure on every contender, each time on a new process with an empty Redis. */
export async function runScenarios(options: { command: string }): Promise<ScenarioResults> {
  installPeers();
  const fixture = createProcessFixture();
  const rows: ScenarioRow[] = [];
  try {
    const [database, redis] = await Promise.all([fixture.database(), fixture.redis()]);
    const link = await openDatabaseLink(database.uri);
    try {
      for (const scenario of scenarios) {
        for (const contender of contenders) {
          link.reset();
          await redis.client().flushall();
          const running = await contender.start({ MONGODB_URI: link.uri, REDIS_URL: redis.url });
          const stage: Stage = { contender, running, link, db: database.db, redis };
          link.reset();
          try {
            rows.push(rowOf(scenario.name, contender.name, await scenario.play(stage)));
            console.log(JSON.stringify(rows.at(-1)));
          } finally {
            await running.stop();
          }
        }
      }
    } finally {
      await link.close();
    }
  } finally {
    await fixture.close();
  }
  return {
    origin: originOf(options.command),
    settings: contenders.map(({ name, settings }) => [name, settings] as const),
    summaries: scenarios.map(({ name, summary }) => [name, summary] as const),
    rows,
  };
}

const rowOf = (scenario: string, server: string, outcome: Outcome): ScenarioRow => ({
  ...{ loads: undefined, failedAnswers: undefined, staleAsFresh: undefined, leaks: undefined, slowestMs: undefined },
  remark: '',
  ...outcome,
  ...{ scenario, server },
});
