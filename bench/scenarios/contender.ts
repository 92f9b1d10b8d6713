import { tokenOf } from '../../test/support/servers/process-fixture.js';
import { pageQuery } from '../speed/measured-operations.js';
import { forbidEntries, startGateway } from '../support/gateway.js';
import { ask, type BenchRequest } from '../support/http.js';
import { startPeer } from '../support/peers.js';
import type { ServerProcess } from '../support/server-process.js';

/** How long everything is fresh in the scenarios: short, so that they need not wait long for it to pass. */
export const TTL_SECONDS = 5;

/** `CACHE_TTL` is the end of the gateway's stale-while-revalidate; its freshness is six tenths of it. */
const GATEWAY_CACHE_TTL = 9;

/** What an answer showed. */
export interface Seen {
  /** Ids or titles, by section; null for a section that failed. */
  readonly sections: Readonly<Record<string, readonly Item[] | null>>;
  /** Says of itself that something in it is past its freshness. Only the gateway can. */
  readonly saysStale: boolean;
  /** No answer, another status than 200, or no data. */
  readonly failed: boolean;
  readonly tookMs: number;
}

export interface Item {
  readonly id: string;
  readonly title?: string;
}

/** A server that stands a failure. */
export interface Contender {
  readonly name: string;
  readonly settings: string;
  /** Whether it keeps entries in Redis. */
  readonly usesRedis: boolean;
  start(env: { MONGODB_URI: string; REDIS_URL: string }): Promise<Running>;
}

export interface Running {
  /** The whole page, or its events alone. */
  ask(what?: 'page' | 'events', userId?: string): Promise<Seen>;
  /** Tells it that events have changed. False where it has no way to be told. */
  invalidateEvents(): Promise<boolean>;
  stop(): Promise<void>;
}

const eventsQuery = '{ homepage(sections: [EVENTS]) { events { items { id title } } } }';
const queries = { page: pageQuery, events: eventsQuery };
/** The gateway is asked for the same, and what it says of its sections. */
const withStatuses = (query: string) => query.replace(/\}\s*\}\s*$/, 'metadata { sections { status } } } }');

const gateway: Contender = {
  name: 'this gateway',
  settings: `CACHE_TTL=${GATEWAY_CACHE_TTL}, memory and Redis, everything else as it is by default`,
  usesRedis: true,
  start: async (env) => {
    const more = { CACHE_TTL: String(GATEWAY_CACHE_TTL), LOG_LEVEL: 'fatal', ENABLE_CACHE_WARMING: 'false' };
    const server = await startGateway({ env: { ...env, ...more } });
    return {
      ask: async (what = 'page', userId) => {
        const identity = userId === undefined ? {} : { authorization: `Bearer ${await tokenOf(userId)}` };
        return see(server, withStatuses(queries[what]), identity);
      },
      invalidateEvents: async () => {
        await forbidEntries(server.origin, ['collection:events']);
        return true;
      },
      stop: server.stop,
    };
  },
};

const peer = (name: string, title: string, settings: string, usesRedis: boolean): Contender => ({
  ...{ name: title, settings, usesRedis },
  start: async ({ MONGODB_URI, REDIS_URL }) => {
    const env = { MONGODB_URI, TTL_SECONDS: String(TTL_SECONDS), ...(usesRedis ? { REDIS_URL } : {}) };
    const server = await startPeer({ name, env });
    return {
      ask: (what = 'page', userId) => see(server, queries[what], userId === undefined ? {} : { 'x-user': userId }),
      invalidateEvents: async () => {
        const { status } = await ask(server.origin, { method: 'POST', path: '/invalidate', headers: {} });
        return status === 200;
      },
      stop: server.stop,
    };
  },
});

export const contenders: readonly Contender[] = [
  peer(
    ...(['apollo', 'Apollo Server, response cache'] as const),
    `maxAge ${TTL_SECONDS} s, sessionId, scope PRIVATE for a signed-in user's section, Keyv on Redis with disableOfflineQueue`,
    true,
  ),
  peer(
    ...(['yoga', 'Yoga, response cache'] as const),
    `ttl ${TTL_SECONDS} s, session, in-memory cache, cache.invalidate by type`,
    false,
  ),
  peer(
    ...(['mercurius', 'mercurius-cache'] as const),
    `ttl ${TTL_SECONDS} s, stale 24 h, policy for each section with extendKey and references, storage in Redis with invalidation, enableOfflineQueue off, maxRetriesPerRequest 1, jit`,
    true,
  ),
  peer(
    ...(['bento', 'bentocache (in Yoga)'] as const),
    `ttl ${TTL_SECONDS} s, grace 24 h, graceBackoff 1 s, timeout 200 ms, hardTimeout 10 s, memory and Redis with its bus, enableOfflineQueue off, maxRetriesPerRequest 1, tags`,
    true,
  ),
  gateway,
];

interface Body {
  data?: {
    homepage?: Readonly<Record<string, { items?: readonly Item[]; sections?: { status: string }[] } | null>>;
  } | null;
}

async function see(server: ServerProcess, query: string, identity: Readonly<Record<string, string>>): Promise<Seen> {
  const request: BenchRequest = {
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json', ...identity },
    body: JSON.stringify({ query }),
  };
  const startedAt = performance.now();
  try {
    const { status, bytes } = await ask(server.origin, request);
    const { metadata, ...page } = (JSON.parse(String(bytes)) as Body).data?.homepage ?? {};
    const sections = Object.fromEntries(Object.entries(page).map(([key, section]) => [key, section?.items ?? null]));
    return {
      sections,
      saysStale: metadata?.sections?.some(({ status: of }) => of === 'STALE') ?? false,
      failed: status !== 200 || Object.keys(sections).length === 0,
      tookMs: performance.now() - startedAt,
    };
  } catch {
    return { sections: {}, saysStale: false, failed: true, tookMs: performance.now() - startedAt };
  }
}
