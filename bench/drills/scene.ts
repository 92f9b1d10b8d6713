import type { Document } from 'mongodb';
import { until } from '../../test/cache/support/redis-server.js';
import { createStage, type Database, type Gateway, type Stage } from '../../test/processes/support.js';
import type { Finding } from './drill.js';
import { createLoad, type Load } from './load.js';

export { until } from '../../test/cache/support/redis-server.js';
export {
  type Database,
  type Gateway,
  JWT_SECRET,
  SECTIONS,
  type Stage,
  tokenOf,
} from '../../test/processes/support.js';

/** What a drill plays in: real processes, and one more that loads them. */
export interface Scene {
  stage: Stage;
  load: Load;
  /** Gateways without Redis that are ready; the rate limit is off, where `env` says nothing else. */
  lone(env: Readonly<Record<string, string>>): Promise<Gateway>;
}

/** Environment of gateways that are drilled for something else than the rate limit. */
export const unlimited = { RATE_LIMIT_MAX: '0' };

/** Plays a drill; whatever becomes of it, every process ends. */
export async function playing(play: (scene: Scene) => Promise<Finding[]>): Promise<Finding[]> {
  const stage = createStage();
  const load = createLoad();
  try {
    const lone: Scene['lone'] = async (env) => {
      const gateway = await stage.gateway({ LOG_LEVEL: 'warn', ...unlimited, ...env });
      await until(async () => (await gateway.readyz()) === 200, 15_000);
      return gateway;
    };
    return await play({ stage, load, lone });
  } finally {
    await Promise.all([stage.close(), load.close()]);
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
