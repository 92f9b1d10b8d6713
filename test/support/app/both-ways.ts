import { channel } from 'node:diagnostics_channel';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach } from 'vitest';
import { registry } from '../../../src/sections/registry.js';
import type { TestApp } from './build-test-app.js';

export type Sent = Parameters<TestApp['send']>[0];
export type Answer = Awaited<ReturnType<TestApp['send']>>;

/** Requests by both ways of an answer: over a socket, where the short way stands first, and past it. */
export interface BothWays {
  /** The answer over a socket, and whether it came by the short way. */
  send(request: Sent): Promise<Answer & { short: boolean }>;
  /** The same request past the short way. */
  sendLong(request: Sent): Promise<Answer>;
}

/** For the tests of a file; `app` is asked for at each request. */
export function bothWays(app: () => TestApp): BothWays {
  /** Requests that Fastify has handled: the short way's never reach it. */
  let handled = 0;
  const count = () => {
    handled += 1;
  };
  const requests = channel('tracing:fastify.request.handler:start');
  beforeEach(() => requests.subscribe(count));
  afterEach(() => void requests.unsubscribe(count));
  return {
    send: async (request) => {
      const before = handled;
      const answer = await app().send(request);
      return { ...answer, short: handled === before && [200, 304].includes(answer.status) };
    },
    sendLong: async ({ method = 'GET', path, headers = {}, body }) => {
      const payload = body === undefined ? {} : { payload: body };
      const { status, headers: got, text } = await app().inject({ method, url: path, headers, ...payload });
      return { status, headers: got as Answer['headers'], bytes: Buffer.from(text) };
    },
  };
}

/** What two answers to one request may differ in. */
const ofTheConnection = ['date', 'connection', 'keep-alive', 'x-request-id', 'transfer-encoding', 'content-length'];

/** What both ways must have in common. */
export const comparable = ({ status, headers, bytes }: Answer) => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.includes(name))),
  text: plain({ headers, bytes }),
});

export function plain({ headers, bytes }: Pick<Answer, 'headers' | 'bytes'>): string {
  const encoding = headers['content-encoding'];
  const inflate = encoding === 'gzip' ? gunzipSync : encoding === 'br' ? brotliDecompressSync : (all: Buffer) => all;
  return inflate(bytes).toString();
}

/** Query strings of `GET /api/v1/homepage`. */
export const searches = fc
  .record({
    limit: fc.option(fc.integer({ min: 1, max: 20 })),
    sections: fc.option(
      fc.shuffledSubarray(
        registry.map(({ id }) => id),
        { minLength: 1 },
      ),
    ),
    location: fc.option(fc.constantFrom('55.27,25.2', '-3.7,40.42')),
    fallback: fc.option(fc.constantFrom('null', 'empty')),
    other: fc.option(fc.constantFrom('x', 'é')),
  })
  .map((values) => {
    const given = Object.entries(values).filter(([, value]) => value !== null);
    return `?${new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)])))}`;
  });

/** A random operation as a request, by GET or by POST. */
export function operationRequest(options: {
  query: string;
  variables: object;
  isGet: boolean;
  headers: Record<string, string>;
}): Sent {
  const { query, variables, isGet } = options;
  const headers = { ...options.headers, accept: 'application/graphql-response+json, application/json' };
  if (isGet)
    return { path: `/graphql?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`, headers };
  const body = JSON.stringify({ query, variables });
  return { method: 'POST', path: '/graphql', headers: { ...headers, 'content-type': 'application/json' }, body };
}
