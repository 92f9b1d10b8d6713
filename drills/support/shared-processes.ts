import {
  ADMIN_TOKEN,
  type Cluster,
  createProcessFixture,
  type Database,
  type Gateway,
  JWT_SECRET,
  type ProcessFixture,
} from '../../test/support/servers/process-fixture.js';
import { until } from '../../test/support/until.js';
import { createLoad, type Load } from '../load/load-runner.js';

/** Real processes that are as good after a drill as before it. Each is started when it is first asked for. */
export interface SharedProcesses {
  load: Load;
  database(): Promise<Database>;
  /** Three gateways without a rate limit, on one Redis and on `database()`. */
  cluster(): Promise<Cluster>;
  /** A gateway without Redis on `database()`, ready, with a secret and an admin's token; one for each environment. */
  lone(env?: Readonly<Record<string, string>>): Promise<Gateway>;
  close(): Promise<void>;
}

export function createSharedProcesses(): SharedProcesses {
  const fixture = createProcessFixture();
  const load = createLoad();
  const lone = new Map<string, Promise<Gateway>>();
  let database: Promise<Database> | undefined;
  let cluster: Promise<Cluster> | undefined;

  const processes: SharedProcesses = {
    load,
    database: () => (database ??= fixture.database()),
    cluster: () => (cluster ??= processes.database().then((database) => fixture.cluster({ database }))),
    lone: (env = {}) => {
      const name = JSON.stringify(env);
      const found = lone.get(name) ?? start(env);
      lone.set(name, found);
      return found;
    },
    close: async () => {
      await Promise.all([fixture.close(), load.close()]);
    },
  };
  const start = async (env: Readonly<Record<string, string>>): Promise<Gateway> => {
    const { uri: MONGODB_URI } = await processes.database();
    return startLone(fixture, { MONGODB_URI, ...env });
  };
  return processes;
}

/** A gateway with the database, and the Redis if any, that `env` names; resolves when it is ready. */
export async function startLone(fixture: ProcessFixture, env: Readonly<Record<string, string>>): Promise<Gateway> {
  const gateway = await fixture.gateway({ JWT_SECRET, ADMIN_TOKEN, LOG_LEVEL: 'fatal', ...env });
  await until(async () => (await gateway.readyz()) === 200, 15_000);
  return gateway;
}
