import type { Document } from 'mongodb';
import {
  createProcessFixture,
  type Database,
  type ProcessFixture,
  tokenOf,
} from '../../test/support/servers/process-fixture.js';
import type { Finding } from './drill.js';
import { createSharedProcesses, type SharedProcesses } from './shared-processes.js';

export { sectionIds, sectionsShowing } from '../../test/support/data/sections.js';
export {
  type Database,
  type Gateway,
  type ProcessFixture,
  tokenOf,
} from '../../test/support/servers/process-fixture.js';
export { until } from '../../test/support/until.js';
export { type SharedProcesses, startLone } from './shared-processes.js';

/** What a drill plays in: real processes, and one more that loads them. */
export interface DrillFixture extends Omit<SharedProcesses, 'close'> {
  /** For what the drill breaks. */
  fixture: ProcessFixture;
}

/** Runs a drill, with processes of its own unless it is given shared ones. What it started ends with it, also when it fails. */
export async function playing(
  given: SharedProcesses | undefined,
  play: (fixture: DrillFixture) => Promise<Finding[]>,
): Promise<Finding[]> {
  const fixture = createProcessFixture();
  const processes = given ?? createSharedProcesses();
  try {
    return await play({ fixture, ...processes });
  } finally {
    await Promise.all([fixture.close(), given === undefined ? processes.close() : processes.load.stop()]);
  }
}

/** `HostUnreachable`: the driver asks once more, then the read fails. */
const HOST_UNREACHABLE = 6;

/** From now on every find fails, as when the database has gone; `failPoint(database, 'off')` ends it. */
export const failFinds = (database: Database): Promise<number> =>
  failPoint(database, 'alwaysOn', { failCommands: ['find'], errorCode: HOST_UNREACHABLE });

/** With the shortest `CACHE_TTL` (seconds) an entry is past its stale time after so long. */
export const SHORTEST_TTL = '1';
export const PAST_STALE_MS = 1300;

/** Tokens of so many users, each with an id of its own. */
export const tokensOf = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, user) => tokenOf(user.toString(16).padStart(24, '0'))));

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Switches MongoDB's fail point `failCommand` on or off. Resolves with how often it has acted so far. */
export async function failPoint({ db }: Database, mode: 'alwaysOn' | 'off', data?: Document): Promise<number> {
  const command = { configureFailPoint: 'failCommand', mode, ...(data === undefined ? {} : { data }) };
  return Number((await db.admin().command(command))['count']);
}

/** A location that no drill has asked for yet, so that no cache holds it. Most are far from every store of the demo. */
export const place = (index: number) => `${(index % 170) + 0.5},${Math.floor(index / 170) + 0.25}`;
