import type { Db } from 'mongodb';
import type { RedisServer } from '../../test/support/servers/redis-server.js';
import type { ScenarioRow } from '../report/results.js';
import type { Contender, Running, Seen } from './contender.js';
import type { DatabaseLink } from './database-link.js';

/** What a failure is played with. */
export interface Stage {
  readonly contender: Contender;
  readonly running: Running;
  readonly link: DatabaseLink;
  readonly db: Db;
  readonly redis: RedisServer;
}

export type Outcome = Partial<Omit<ScenarioRow, 'scenario' | 'server'>>;

export interface Scenario {
  readonly name: string;
  /** What is done, and what is counted. */
  readonly summary: string;
  play(stage: Stage): Promise<Outcome>;
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const times = <Value>(count: number, make: () => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: count }, make));

/** One after another, with a pause between. */
export async function inTurn<Value>(count: number, pauseMs: number, make: () => Promise<Value>): Promise<Value[]> {
  const made: Value[] = [];
  for (let turn = 0; turn < count; turn++) {
    made.push(await make());
    await wait(pauseMs);
  }
  return made;
}

export const slowestOf = (seen: readonly Seen[]): number => Math.round(Math.max(...seen.map(({ tookMs }) => tookMs)));

/** Answers that failed, or lack a section other than `except`. */
export const failedOf = (seen: readonly Seen[], except?: string): number =>
  seen.filter(
    ({ failed, sections }) =>
      failed || Object.entries(sections).some(([key, items]) => items === null && key !== except),
  ).length;

/** MongoDB's own fail point: finds and counts of events fail, after a while where asked. */
export async function failEvents(db: Db, afterMs = 0): Promise<void> {
  const block = afterMs === 0 ? {} : { blockConnection: true, blockTimeMS: afterMs };
  const data = { failCommands: ['find', 'aggregate'], errorCode: 96, namespace: `${db.databaseName}.events`, ...block };
  await db.admin().command({ configureFailPoint: 'failCommand', mode: 'alwaysOn', data });
}

export async function healEvents(db: Db): Promise<void> {
  await db.admin().command({ configureFailPoint: 'failCommand', mode: 'off' });
}
