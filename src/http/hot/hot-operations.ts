import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import type { PreparedOperation } from '../../page/prepared/prepared-operation.js';
import { createBodyLookup } from './body-lookup.js';

/** A prepared operation, with the headers that are the same for all its answers. */
export interface HotOperation extends PreparedOperation {
  /** The user whose page is asked for by name: no other user may have it. */
  readonly userId?: string | undefined;
  readonly cacheTag: string;
  /** What its log line says of its sections, by section id. */
  readonly logged: Readonly<Record<string, 'success'>>;
  readonly vary: string;
  /** What its parts take in memory, where no other operation has the same. */
  readonly bytes: number;
}

/** What was prepared for requests, by their raw text, within bounds. */
export interface HotOperations {
  /** By the query string of `GET /api/v1/homepage`. Undefined where a request of it must go the long way. */
  ofSearch(search: string): HotOperation | undefined;
  /** By the URL of `GET /graphql?...`, and by the body of `POST /graphql`. */
  ofUrl(url: string): HotOperation | undefined;
  ofBody(body: Buffer): HotOperation | undefined;
  /** A body that was read before it was known that the request goes the long way. */
  keepBody(request: IncomingMessage, body: Buffer): void;
  /** That body, as a stream to read it once more. */
  keptBody(request: IncomingMessage): Readable | undefined;
  /** Remembers what the long way has found out of a GraphQL request. */
  learn(request: IncomingMessage, operation: HotOperation): void;
}

/** Bytes of request texts, and what was prepared for them, for each of the three kinds. */
const MAX_BYTES = 8_388_608;
/** An operation's own objects: its pages with their sections, its headers. */
const OPERATION_BYTES = 1500;

export function createHotOperations(options: {
  /** @throws what the long way tells the client */
  prepareSearch: (search: string) => HotOperation | undefined;
}): HotOperations {
  const { prepareSearch } = options;
  const sizes = {
    maxSize: MAX_BYTES,
    sizeCalculation: ({ bytes }: HotOperation, text: string) => OPERATION_BYTES + 2 * text.length + bytes,
  };
  const bySearch = new LRUCache<string, HotOperation>(sizes);
  const byUrl = new LRUCache<string, HotOperation>(sizes);
  const byBody = createBodyLookup<HotOperation>({
    maxBytes: MAX_BYTES,
    bytesOf: ({ bytes }) => OPERATION_BYTES + bytes,
  });
  const bodies = new WeakMap<IncomingMessage, Buffer>();

  const prepared = (search: string): HotOperation | undefined => {
    try {
      return prepareSearch(search);
    } catch {
      return undefined;
    }
  };

  return {
    ofSearch: (search) => {
      const found = bySearch.get(search);
      if (found !== undefined) return found;
      const made = prepared(search);
      if (made !== undefined) bySearch.set(search, made);
      return made;
    },
    ofUrl: (url) => byUrl.get(url),
    ofBody: (body) => byBody.get(body),
    keepBody: (request, body) => {
      bodies.set(request, body);
    },
    keptBody: (request) => {
      const body = bodies.get(request);
      return body && Readable.from([body], { objectMode: false });
    },
    learn: (request, operation) => {
      const body = bodies.get(request);
      if (body !== undefined) byBody.set(body, operation);
      else if (request.method === 'GET' && request.url !== undefined) byUrl.set(request.url, operation);
    },
  };
}
