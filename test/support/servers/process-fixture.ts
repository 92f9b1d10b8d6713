import { SignJWT } from 'jose';
import { type Db, type Document, MongoClient } from 'mongodb';
import { sectionIds } from '../data/sections.js';
import { until } from '../until.js';
import { type RedisServer, startRedisServer } from './redis-server.js';
import { type RunningProcess, startProcess } from './running-process.js';

export const JWT_SECRET = 'a secret of the tests, of 32 bytes or more';
export const ADMIN_TOKEN = 'admin of the tests';

/** A line of a gateway's log. */
export type LogLine = Readonly<Record<string, unknown>> & { message: string };

/** A section of an answer; items keep the page's order. */
export interface PageSection {
  items: (Readonly<Record<string, unknown>> & { id: string })[];
  lastUpdated: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** By section key. */
  sections: Record<string, PageSection | null>;
  /** By section id: FRESH, CACHED, STALE or FAILED. */
  statuses: Record<string, string>;
  fromCache: boolean;
  /** `metadata.ttl`, seconds. */
  ttl: number;
  analytics: { sectionViews?: Record<string, number> };
  errors: unknown[];
  /** `performance.now()` when it was asked for, and the time that it took. */
  askedAt: number;
  wallMs: number;
}

/** A real gateway. */
export interface Gateway {
  readonly origin: string;
  readonly process: RunningProcess;
  /** The page, or what `query` narrows it to. */
  page(query?: string, token?: string): Promise<Answer>;
  invalidate(mode: 'soft' | 'hard', tags?: readonly string[]): Promise<void>;
  readyz(): Promise<number>;
  /** Lines with this message, those after `from` of all lines. */
  logged(message: string, from?: number): LogLine[];
  /** How many lines there are: where later ones begin. */
  mark(): number;
}

/** A real `npm run database`. */
export interface Database {
  readonly uri: string;
  readonly port: number;
  readonly process: RunningProcess;
  readonly db: Db;
  /** From now on these commands take so long; with 0 they are only counted. */
  slow(commands: readonly string[], blockTimeMS: number, collection?: string): Promise<void>;
  /** How many commands that has hit so far. */
  hits(): Promise<number>;
  /** Ends it, and tells the same. */
  heal(): Promise<number>;
}

/** What one test, or one file, has started. */
export interface ProcessFixture {
  redis(): Promise<RedisServer>;
  database(options?: { port?: number; seed?: number }): Promise<Database>;
  gateway(env: Record<string, string>): Promise<Gateway>;
  /** A database, a Redis and gateways that are ready, follow the changes, and hear each other. */
  cluster(options?: { gateways?: number; env?: Record<string, string>; database?: Database }): Promise<Cluster>;
  /** Ends every process, however the test came out. */
  close(): Promise<void>;
}

export interface Cluster {
  gateways: Gateway[];
  database: Database;
  redis: RedisServer;
  /** The environment of its gateways, for one more of them. */
  env: Record<string, string>;
}

export function createProcessFixture(): ProcessFixture {
  const processes: RunningProcess[] = [];
  const closing: (() => Promise<unknown>)[] = [];
  const kill = () => {
    for (const { child } of processes) child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const start = (script: string, args: string[], env: Record<string, string>) => {
    const started = startProcess('node', [`dist/${script}.js`, ...args], env);
    processes.push(started);
    return started;
  };

  const fixture: ProcessFixture = {
    redis: async () => {
      const redis = await startRedisServer();
      closing.push(redis.stop);
      return redis;
    },
    database: async ({ port = 0, seed = 1 } = {}) => {
      const options = ['--port', String(port), '--products', '300', '--seed', String(seed)];
      const started = start('commands/database', options, {});
      const [, uri = ''] = await started.printed(/MONGODB_URI=(\S+)/);
      const client = new MongoClient(uri, { serverSelectionTimeoutMS: 2000 });
      closing.push(() => client.close());
      const db = client.db();
      const configure = async (mode: string, given?: Document) => {
        const command = { configureFailPoint: 'failCommand', mode, ...(given === undefined ? {} : { data: given }) };
        return Number((await client.db('admin').command(command))['count']);
      };
      let before = 0;
      let data: Document = {};
      return {
        uri,
        port: Number(new URL(uri).port),
        process: started,
        db,
        slow: async (failCommands, blockTimeMS, collection) => {
          const namespace = collection === undefined ? {} : { namespace: `${db.databaseName}.${collection}` };
          const block = blockTimeMS === 0 ? {} : { blockConnection: true, blockTimeMS };
          data = { failCommands: [...failCommands], ...block, ...namespace };
          before = await configure('alwaysOn', data);
        },
        hits: async () => (await configure('alwaysOn', data)) - before,
        heal: async () => (await configure('off')) - before,
      };
    },
    gateway: async (env) => {
      const started = start('main', [], {
        PORT: '0',
        LOG_LEVEL: 'debug',
        ENABLE_CACHE_WARMING: 'false',
        RATE_LIMIT_MAX: '0',
        ...env,
      });
      const [, origin = ''] = await started.printed(/(http:\/\/localhost:\d+)\/graphql/);
      return gatewayAt(origin.replace('localhost', '127.0.0.1'), started);
    },
    cluster: async ({ gateways: count = 3, env: more = {}, database: given } = {}) => {
      const [redis, database] = await Promise.all([fixture.redis(), given ?? fixture.database()]);
      const env = { MONGODB_URI: database.uri, REDIS_URL: redis.url, JWT_SECRET, ADMIN_TOKEN, ...more };
      const gateways = await Promise.all(Array.from({ length: count }, () => fixture.gateway(env)));
      await Promise.all(gateways.map((gateway) => until(() => isFollowing(gateway), 15_000)));
      const client = redis.client();
      await until(async () => (await listeners(client)) === count, 5000);
      return { gateways, database, redis, env };
    },
    close: async () => {
      kill();
      await Promise.all(processes.splice(0).map(({ ended }) => ended));
      for (const close of closing.splice(0).reverse()) await close();
      process.off('exit', kill);
    },
  };
  return fixture;
}

const isFollowing = async (gateway: Gateway) =>
  (await gateway.readyz()) === 200 && gateway.logged('following changes').length > 0;

const listeners = async (client: ReturnType<RedisServer['client']>) =>
  Number(((await client.call('pubsub', 'numsub', 'hg:2:events:0')) as unknown[])[1]);

function gatewayAt(origin: string, started: RunningProcess): Gateway {
  const lines = () => started.output().split('\n');
  return {
    origin,
    process: started,
    page: async (query = '', token) => {
      const askedAt = performance.now();
      const response = await fetch(`${origin}/api/v1/homepage${query}`, {
        headers: {
          'accept-encoding': 'identity',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
      const { data, errors = [] } = (await response.json()) as Body;
      return {
        status: response.status,
        headers: response.headers,
        sections: data?.sections ?? {},
        statuses: Object.fromEntries((data?.metadata.sections ?? []).map(({ section, status }) => [section, status])),
        fromCache: data?.metadata.fromCache ?? false,
        ttl: data?.metadata.ttl ?? 0,
        analytics: data?.analytics ?? {},
        errors,
        askedAt,
        wallMs: performance.now() - askedAt,
      };
    },
    invalidate: async (mode, tags) => {
      const response = await sendInvalidation(origin, mode, tags);
      if (response.status !== 200) throw new Error(`invalidate: ${response.status} ${await response.text()}`);
    },
    readyz: async () => {
      const response = await fetch(`${origin}/readyz`);
      await response.arrayBuffer();
      return response.status;
    },
    logged: (message, from = 0) =>
      lines()
        .slice(from)
        .filter((line) => line.startsWith('{') && line.includes(`"message":"${message}"`) && line.endsWith('}'))
        .map((line) => JSON.parse(line) as LogLine),
    mark: () => lines().length - 1,
  };
}

interface Body {
  data?: {
    sections: Answer['sections'];
    metadata: { fromCache: boolean; ttl: number; sections: { section: string; status: string }[] };
    analytics?: Answer['analytics'];
  };
  errors?: unknown[];
}

/** `POST /admin/invalidate`, of every section when no tags are given; 202 when Redis could not take it. */
export const sendInvalidation = (
  origin: string,
  mode: 'soft' | 'hard',
  tags: readonly string[] = sectionIds.map((id) => `section:${id}`),
): Promise<Response> =>
  fetch(`${origin}/admin/invalidate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ mode, tags }),
  });

/** Labels of what some gateways have loaded since their marks. */
export function loadsOf(gateways: readonly Gateway[], marks: readonly number[] = []): string[] {
  return gateways.flatMap((gateway, index) =>
    gateway.logged('cache load', marks[index]).map(({ label }) => String(label)),
  );
}

export const marksOf = (gateways: readonly Gateway[]): number[] => gateways.map((gateway) => gateway.mark());

/** Asks each gateway again and again until its page is so; how many milliseconds after `since` each was asked by then. */
export function shownAfter(
  gateways: readonly Gateway[],
  query: string,
  isShown: (answer: Answer) => boolean,
  since: number,
  limitMs = 10_000,
): Promise<number[]> {
  return Promise.all(
    gateways.map(async (gateway) => {
      let askedAt = 0;
      await until(async () => {
        const answer = await gateway.page(query);
        askedAt = answer.askedAt + answer.wallMs;
        return isShown(answer);
      }, limitMs);
      return Math.round(askedAt - since);
    }),
  );
}

export const tokenOf = (userId: string): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('1 hour')
    .sign(new TextEncoder().encode(JWT_SECRET));

export const idsOf = (answer: Answer, section: string): string[] =>
  answer.sections[section]?.items.map(({ id }) => id) ?? [];

/** Keys of the leases that stand. */
export async function leasesIn(redis: RedisServer): Promise<string[]> {
  return redis.client().keys('hg:2:*:l');
}
