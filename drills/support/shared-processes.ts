import { until } from '../../test/support/redis-server.js';
import {
  ADMIN_TOKEN,
  type Cluster,
  createStage,
  type Database,
  type Gateway,
  JWT_SECRET,
  type Stage,
} from '../../test/support/stage.js';
import { createLoad, type Load } from '../load/load-runner.js';

/** Real processes that are as good after a drill as before it. Each is started when it is first asked for. */
export interface Props {
  load: Load;
  database(): Promise<Database>;
  /** Three gateways without a rate limit, on one Redis and on `database()`. */
  cluster(): Promise<Cluster>;
  /** A gateway without Redis on `database()`, ready, with a secret and an admin's token; one for each environment. */
  lone(env?: Readonly<Record<string, string>>): Promise<Gateway>;
  close(): Promise<void>;
}

export function createProps(): Props {
  const stage = createStage();
  const load = createLoad();
  const lone = new Map<string, Promise<Gateway>>();
  let database: Promise<Database> | undefined;
  let cluster: Promise<Cluster> | undefined;

  const props: Props = {
    load,
    database: () => (database ??= stage.database()),
    cluster: () => (cluster ??= props.database().then((database) => stage.cluster({ database }))),
    lone: (env = {}) => {
      const name = JSON.stringify(env);
      const found = lone.get(name) ?? start(env);
      lone.set(name, found);
      return found;
    },
    close: async () => {
      await Promise.all([stage.close(), load.close()]);
    },
  };
  const start = async (env: Readonly<Record<string, string>>): Promise<Gateway> => {
    const { uri: MONGODB_URI } = await props.database();
    return startLone(stage, { MONGODB_URI, ...env });
  };
  return props;
}

/** A gateway with the database, and the Redis if any, that `env` names; resolves when it is ready. */
export async function startLone(stage: Stage, env: Readonly<Record<string, string>>): Promise<Gateway> {
  const gateway = await stage.gateway({ JWT_SECRET, ADMIN_TOKEN, LOG_LEVEL: 'fatal', ...env });
  await until(async () => (await gateway.readyz()) === 200, 15_000);
  return gateway;
}
