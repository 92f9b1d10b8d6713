import { createHash } from 'node:crypto';
import type { ApolloServerOptionsWithSchema } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { GraphqlContext } from '../context.js';
import { readManifest } from './manifest.js';

type ApqCache = NonNullable<
  Exclude<ApolloServerOptionsWithSchema<GraphqlContext>['persistedQueries'], false | undefined>['cache']
>;

/** Bytes of operations that clients have registered themselves. */
const MAX_REGISTERED_BYTES = 4_194_304;

/** Apollo puts this before every hash. */
const APQ_PREFIX = 'apq:';

/** What of a request says which operation it wants. */
export interface AskedOperation {
  query: string | undefined;
  /** The sha256 of a persisted operation, if it is asked for by that; not verified, so it may be anything. */
  hash: unknown;
  /** Whether the hash was given as `documentId`, which says that no text will follow. */
  byDocumentId: boolean;
}

/** Operations that clients may send by their sha256: the manifest's at any time, others once they have been registered. */
export interface PersistedOperations {
  /** What Apollo reads and registers by (automatic persisted queries). */
  cache: ApqCache;
  /**
   * @throws GraphQLError `PERSISTED_QUERY_NOT_SUPPORTED` when only the manifest is served and this is not in it,
   * `PERSISTED_QUERY_NOT_FOUND` when no operation has the document id
   */
  admit(asked: AskedOperation): void;
}

/** The manifest's operations, and those that clients register while `persistedOnly` allows it. */
export function createPersistedOperations(options: {
  /** `PERSISTED_ONLY`: nothing but the manifest is served, and nothing registered. */
  persistedOnly: boolean;
  maxRegisteredBytes?: number;
}): PersistedOperations {
  const { persistedOnly, maxRegisteredBytes = MAX_REGISTERED_BYTES } = options;
  const published = new Map(Object.entries(readManifest()).map(([hash, { document }]) => [hash, document]));
  const registered = new LRUCache<string, string>({
    maxSize: maxRegisteredBytes,
    sizeCalculation: (text, key) => Buffer.byteLength(text) + key.length,
  });
  const isKnown = (hash: string) => published.has(hash) || registered.has(`${APQ_PREFIX}${hash}`);

  return {
    cache: {
      get: async (key) => published.get(key.slice(APQ_PREFIX.length)) ?? registered.get(key),
      set: async (key, text) => {
        if (!persistedOnly && !published.has(key.slice(APQ_PREFIX.length))) registered.set(key, text);
      },
      delete: async (key) => registered.delete(key),
    },
    admit: ({ query, hash, byDocumentId }) => {
      if (persistedOnly && (query !== undefined || hash !== undefined)) {
        const wanted = query === undefined ? hash : createHash('sha256').update(query).digest('hex');
        if (typeof wanted === 'string' && published.has(wanted)) return;
        const message = 'Only the persisted operations of the manifest are allowed, and this is none of them';
        throw refusal(message, 'PERSISTED_QUERY_NOT_SUPPORTED');
      }
      if (byDocumentId && !(typeof hash === 'string' && isKnown(hash))) {
        throw refusal(`There is no persisted operation sha256:${String(hash)}`, 'PERSISTED_QUERY_NOT_FOUND');
      }
    },
  };
}

const refusal = (message: string, code: string) =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
