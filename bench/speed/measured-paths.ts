import type { BenchRequest } from '../support/http.js';
import { homepageHash, pageQuery } from './measured-operations.js';

/** What a request of a path needs to know. */
export interface Known {
  /** Of a signed-in user. */
  readonly token: string;
  /** Of the anonymous REST page. */
  readonly etag: string;
}

/** A way to ask for the page, with the share of raw node:http's throughput that it is to reach. */
export interface SpeedPath {
  readonly id: string;
  readonly title: string;
  readonly status: 200 | 304;
  readonly floor: number;
  /** With a log line for each request. */
  readonly floorLogged?: number;
  readonly aim: number;
  request(known: Known): BenchRequest;
}

const restPage: BenchRequest = { method: 'GET', path: '/api/v1/homepage', headers: {} };

/** Paths whose entries are in process memory. */
export const warmPaths: readonly SpeedPath[] = [
  {
    ...{ id: 'rest', title: 'REST page, anonymous', status: 200 },
    ...{ floor: 0.6, floorLogged: 0.5, aim: 0.75 },
    request: () => restPage,
  },
  {
    ...{ id: 'rest-gzip', title: 'REST page, gzip', status: 200 },
    ...{ floor: 0.5, floorLogged: 0.42, aim: 0.65 },
    request: () => ({ ...restPage, headers: { 'accept-encoding': 'gzip' } }),
  },
  {
    ...{ id: 'rest-304', title: 'REST page, 304', status: 304 },
    ...{ floor: 0.48, floorLogged: 0.4, aim: 0.6 },
    request: ({ etag }) => ({ ...restPage, headers: { 'if-none-match': etag } }),
  },
  {
    ...{ id: 'graphql-post', title: 'GraphQL POST', status: 200 },
    ...{ floor: 0.5, floorLogged: 0.42, aim: 0.6 },
    request: () => ({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: pageQuery }),
    }),
  },
  {
    ...{ id: 'graphql-hash', title: 'GraphQL GET by hash', status: 200 },
    ...{ floor: 0.55, floorLogged: 0.45, aim: 0.7 },
    request: () => {
      const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: homepageHash } });
      return { method: 'GET', path: `/graphql?extensions=${encodeURIComponent(extensions)}`, headers: {} };
    },
  },
  {
    ...{ id: 'rest-personal', title: 'REST page, signed in', status: 200 },
    ...{ floor: 0.55, floorLogged: 0.45, aim: 0.65 },
    request: ({ token }) => ({ ...restPage, headers: { authorization: `Bearer ${token}` } }),
  },
];

/** Asked of a gateway whose memory serves nothing that Redis was not asked about. */
export const redisPath: SpeedPath = {
  ...{ id: 'rest-redis', title: 'REST page, entries in Redis only', status: 200 },
  ...{ floor: 0.25, aim: 0.3 },
  request: () => restPage,
};

/** Asked of a gateway that keeps no entry (`cold-server.ts`); only its CPU time counts. */
export const coldPath: SpeedPath = {
  ...{ id: 'rest-cold', title: 'REST page, cold, CPU only', status: 200 },
  ...{ floor: 0.06, aim: 0.09 },
  request: () => restPage,
};

export const allPaths: readonly SpeedPath[] = [...warmPaths, redisPath, coldPath];
