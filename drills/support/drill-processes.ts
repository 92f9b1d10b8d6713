import type { Document } from 'mongodb';
import { createStage, type Database, type Stage } from '../../test/support/stage.js';
import type { Finding } from './drill.js';
import { createProps, type Props } from './shared-processes.js';

export { until } from '../../test/support/redis-server.js';
export { sectionIds } from '../../test/support/sections.js';
export {
  type Database,
  type Gateway,
  type Stage,
  tokenOf,
} from '../../test/support/stage.js';
export { type Props, startLone } from './shared-processes.js';

/** What a drill plays in: real processes, and one more that loads them. */
export interface Scene extends Omit<Props, 'close'> {
  /** For what the drill breaks. */
  stage: Stage;
}

/** Runs a drill, with processes of its own unless it is given shared ones. What it started ends with it, also when it fails. */
export async function playing(
  given: Props | undefined,
  play: (scene: Scene) => Promise<Finding[]>,
): Promise<Finding[]> {
  const stage = createStage();
  const props = given ?? createProps();
  try {
    return await play({ stage, ...props });
  } finally {
    await Promise.all([stage.close(), given === undefined ? props.close() : props.load.stop()]);
  }
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Switches MongoDB's fail point `failCommand` on or off. Resolves with how often it has acted so far. */
export async function failPoint({ db }: Database, mode: 'alwaysOn' | 'off', data?: Document): Promise<number> {
  const command = { configureFailPoint: 'failCommand', mode, ...(data === undefined ? {} : { data }) };
  return Number((await db.admin().command(command))['count']);
}

/** A location that no drill has asked for yet, so that no cache holds it. Most are far from every store of the demo. */
export const place = (index: number) => `${(index % 170) + 0.5},${Math.floor(index / 170) + 0.25}`;
