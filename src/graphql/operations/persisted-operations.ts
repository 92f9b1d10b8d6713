import { createHash } from 'node:crypto';
import type { ApolloServerOptionsWithSchema } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { GraphqlContext } from '../context.js';
import manifest from '../generated/persisted-documents.json' with { type: 'json' };

type ApqCache = NonNullable<
  Exclude<ApolloServerOptionsWithSchema<GraphqlContext>['persistedQueries'], false | undefined>['cache']
>;

/** Bytes of operations that clients have registered themselves. */
const MAX_REGISTERED_BYTES = 4_194_304;

/** Apollo puts this before every hash. */
const APQ_PREFIX = 'apq:';

/** Operations that clients may send by their sha256: the manifest's at any time, others once they have been registered. */
export interface PersistedOperations {
  /** What Apollo reads and registers by (automatic persisted queries). */
  cache: ApqCache;
  /** @throws GraphQLError `PERSISTED_QUERY_NOT_SUPPORTED` when only the manifest is served and this is not in it */
  admit(request: { query: string | undefined; hash: unknown }): void;
}

export function createPersistedOperations(options: {
  /** `PERSISTED_ONLY`: nothing else is served, and nothing registered. */
  persistedOnly: boolean;
  maxRegisteredBytes?: number;
}): PersistedOperations {
  const { persistedOnly, maxRegisteredBytes = MAX_REGISTERED_BYTES } = options;
  const documents = new Map(Object.entries(manifest).map(([hash, text]) => [hash.replace(/^sha256:/, ''), text]));
  const registered = new LRUCache<string, string>({
    maxSize: maxRegisteredBytes,
    sizeCalculation: (text, key) => Buffer.byteLength(text) + key.length,
  });

  return {
    cache: {
      get: async (key) => documents.get(key.slice(APQ_PREFIX.length)) ?? registered.get(key),
      set: async (key, text) => {
        if (!persistedOnly && !documents.has(key.slice(APQ_PREFIX.length))) registered.set(key, text);
      },
      delete: async (key) => registered.delete(key),
    },
    admit: ({ query, hash }) => {
      if (!persistedOnly || (query === undefined && hash === undefined)) return;
      const wanted = query === undefined ? hash : createHash('sha256').update(query).digest('hex');
      if (typeof wanted === 'string' && documents.has(wanted)) return;
      throw new GraphQLError('Only the persisted operations of the manifest are allowed, and this is none of them', {
        extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED', http: { status: 400 } },
      });
    },
  };
}
