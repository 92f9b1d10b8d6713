import { type IncomingHttpHeaders, request } from 'node:http';
import { Readable } from 'node:stream';
import { SignJWT } from 'jose';
import type { Logger } from 'pino';
import { buildApp } from '../../../src/app.js';
import { loadConfig } from '../../../src/config/config.js';
import { connectDatabase, type SentCommand } from '../../../src/database/connect.js';
import type { Traces } from '../../../src/observability/traces/start-traces.js';
import type { Section } from '../../../src/sections/define-section.js';
import { registry } from '../../../src/sections/registry.js';
import { createFakeClock, type FakeClock } from '../fake-clock.js';
import { silentLogger } from '../test-logger.js';
import { createNoCache } from './no-cache.js';
import { contractFaults } from './openapi-contract.js';

export const TEST_SECRET = 'a secret of the tests, 32 bytes long';

export interface TestApp {
  clock: FakeClock;
  /** Reads that the app has sent for requests: neither the driver's upkeep nor the check at start, which has a comment. */
  commands: SentCommand[];
  get(url: string, headers?: Record<string, string>): ReturnType<TestApp['inject']>;
  graphql(
    query: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Record<string, unknown>; body: GraphqlBody }>;
  inject(request: {
    method: 'GET' | 'POST' | 'HEAD';
    url: string;
    headers?: Record<string, string>;
    payload?: string;
  }): Promise<{ status: number; headers: Record<string, unknown>; text: string; body: RestBody }>;
  /** Where it listens on loopback. */
  origin(): Promise<string>;
  /** The same over a socket, where the short way stands before the server's own routes; `inject` passes it by. */
  send(request: {
    method?: 'GET' | 'POST' | 'HEAD';
    path: string;
    headers?: Record<string, string>;
    body?: string;
    /** A body that comes after the headers, piece by piece. */
    pieces?: AsyncIterable<string>;
  }): Promise<{ status: number; headers: IncomingHttpHeaders; bytes: Buffer }>;
  /** Resolves when the app follows the database's changes. */
  following: Promise<void>;
  drain(): void;
  close(): Promise<void>;
}

export interface GraphqlBody {
  data?: Record<string, Record<string, unknown> | null> | null;
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}

/** What a REST answer may hold; absent where it does not. */
export interface RestBody {
  version?: string;
  success: boolean;
  data: {
    sections: Record<string, RestSection | null>;
    metadata: Record<string, unknown> & { sections: { section: string; status: string }[] };
    analytics?: { sectionViews: Record<string, number>; recommendationScore?: number };
  };
  errors?: Record<string, unknown>[];
  message?: string;
}

export interface RestSection {
  id: string;
  title: string;
  type: string;
  items: (Record<string, unknown> & { id: string })[];
  total: number;
  hasMore: boolean;
  lastUpdated: string;
  nearby?: boolean;
}

/** The real app over a real database; only the clock is not. */
export async function buildTestApp(
  uri: string,
  overrides: {
    env?: Record<string, string>;
    registry?: readonly Section[];
    clock?: FakeClock;
    logger?: Logger;
    waitForDatabase?: boolean;
    /** Whether answers are cached; sections are read anew for each request unless it is said. */
    cached?: boolean;
    traces?: Pick<Traces, 'tracer' | 'onCommand'>;
  } = {},
): Promise<TestApp> {
  const clock = overrides.clock ?? createFakeClock();
  const logger = overrides.logger ?? silentLogger;
  const config = loadConfig({
    NODE_ENV: 'test',
    MONGODB_URI: uri,
    JWT_SECRET: TEST_SECRET,
    ENABLE_CACHE_WARMING: 'false',
    RATE_LIMIT_MAX: '0',
    ...overrides.env,
  });
  const commands: TestApp['commands'] = [];
  const database = connectDatabase({
    uri,
    poolSize: config.database.poolSize,
    createIndexes: config.database.createIndexes,
    logger,
    clock,
    onCommand: (command) => {
      const { name, command: sent } = command;
      const isOfApp = sent['comment'] === undefined && typeof sent[name] === 'string';
      if (isOfApp && ['find', 'aggregate', 'count'].includes(name)) commands.push(command);
      return overrides.traces?.onCommand(command);
    },
  });
  const app = await buildApp({
    config,
    registry: overrides.registry ?? registry,
    database,
    clock,
    logger,
    tracer: overrides.traces?.tracer,
    ...(overrides.cached ? {} : { cache: createNoCache({ clock, loadLimitMs: config.database.queryTimeoutMs }) }),
  });
  if (overrides.waitForDatabase !== false) await database.ready;

  let listening: Promise<string> | undefined;
  const inject: TestApp['inject'] = async (request) => {
    const response = await app.server.inject(request);
    const json =
      String(response.headers['content-type']).startsWith('application/json') &&
      response.headers['content-encoding'] === undefined &&
      response.payload !== '';
    // Every REST answer of the tests is what the OpenAPI document says.
    if (json && overrides.registry === undefined && request.method === 'GET') {
      const faults = contractFaults({ path: request.url, status: response.statusCode, text: response.payload });
      if (faults.length > 0) throw new Error(`not as schema/openapi.yaml says:\n${faults.join('\n')}`);
    }
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.payload,
      body: json ? response.json() : undefined,
    } as Awaited<ReturnType<TestApp['inject']>>;
  };
  const listen = () => {
    listening ??= app.server.listen({ host: '127.0.0.1', port: 0 });
    return listening;
  };
  return {
    clock,
    commands,
    inject,
    origin: listen,
    send: async ({ method = 'GET', path, headers = {}, body, pieces }) => {
      const origin = await listen();
      return new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
        const sent = request(`${origin}${path}`, { method, headers: { ...length, ...headers }, agent: false });
        sent.once('response', async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk as Buffer);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) });
        });
        sent.once('error', reject);
        if (pieces === undefined) sent.end(body);
        else {
          sent.flushHeaders();
          Readable.from(pieces).pipe(sent);
        }
      });
    },
    get: (url, headers = {}) => inject({ method: 'GET', url, headers }),
    graphql: async (query, variables = {}, headers = {}) => {
      const {
        status,
        headers: sent,
        text,
      } = await inject({
        method: 'POST',
        url: '/graphql',
        headers: { 'content-type': 'application/json', ...headers },
        payload: JSON.stringify({ query, variables }),
      });
      return { status, headers: sent, body: JSON.parse(text) as GraphqlBody };
    },
    following: app.following,
    drain: app.drain,
    close: app.close,
  };
}

/** The header of a signed-in user. */
export async function bearer(
  userId: string,
  clock: FakeClock,
  claims: { secret?: string; expiresInSeconds?: number } = {},
): Promise<{ authorization: string }> {
  const { secret = TEST_SECRET, expiresInSeconds = 3600 } = claims;
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime(Math.floor(clock.now() / 1000) + expiresInSeconds)
    .sign(new TextEncoder().encode(secret));
  return { authorization: `Bearer ${token}` };
}
