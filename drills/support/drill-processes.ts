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

/** Plays a drill, with props of its own where none are given; whatever becomes of it, what it has started ends. */
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

/** Arms MongoDB's `failCommand`, or switches it off; how often it has acted so far. */
export async function failPoint({ db }: Database, mode: 'alwaysOn' | 'off', data?: Document): Promise<number> {
  const command = { configureFailPoint: 'failCommand', mode, ...(data === undefined ? {} : { data }) };
  return Number((await db.admin().command(command))['count']);
}

/** A place that nobody has asked for yet, so that nothing near it is in a cache; within the demo's world or not. */
export const place = (index: number) => `${(index % 170) + 0.5},${Math.floor(index / 170) + 0.25}`;
