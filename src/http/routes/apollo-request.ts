import type { FastifyRequest } from 'fastify';
import { searchOf } from '../rest/persisted-homepage.js';
import { type GraphqlRequest, propertyOf } from './graphql-request.js';

/**
 * A request as Apollo understands it. Apollo knows neither HEAD, which is a GET whose answer Node leaves out, nor
 * `documentId`, nor hashes with `sha256:` before them, nor that an empty `operationName` is none; and it makes a URL of the
 * host, which HTTP/1.0 does not need.
 */
export function forApollo(request: FastifyRequest, asked: GraphqlRequest): FastifyRequest {
  const isPost = request.method === 'POST';
  const changes = changesFor(asked);
  const changed = changes.size === 0 ? {} : isPost ? changedBody(asked, changes) : changedUrl(request, changes);
  return Object.create(request, {
    method: { value: isPost ? 'POST' : 'GET' },
    hostname: { value: 'gateway' },
    ...changed,
  });
}

/** Parameters with another value for Apollo; undefined takes one away. */
type Changes = ReadonlyMap<string, object | undefined>;

function changesFor(asked: GraphqlRequest): Changes {
  const changes = new Map<string, object | undefined>();
  const extensions = changedExtensions(asked);
  if (asked.parameters['operationName'] === '') changes.set('operationName', undefined);
  if (asked.byDocumentId) changes.set('documentId', undefined);
  if (extensions !== undefined) changes.set('extensions', extensions);
  return changes;
}

/** The extensions with the hash in them, where Apollo would not find it by itself. */
function changedExtensions({ extensions, hash, byDocumentId }: GraphqlRequest): object | undefined {
  if (typeof hash !== 'string') return undefined;
  const sent = propertyOf(extensions, 'persistedQuery');
  if (!byDocumentId && propertyOf(sent, 'sha256Hash') === hash) return undefined;
  const persistedQuery = { ...(byDocumentId ? { version: 1 } : Object(sent)), sha256Hash: hash };
  return { ...Object(extensions), persistedQuery };
}

function changedBody({ parameters }: GraphqlRequest, changes: Changes): PropertyDescriptorMap {
  const kept = Object.entries(parameters).filter(([name]) => !changes.has(name));
  const given = [...changes].filter(([, value]) => value !== undefined);
  return { body: { value: Object.fromEntries([...kept, ...given]) } };
}

function changedUrl(request: FastifyRequest, changes: Changes): PropertyDescriptorMap {
  const search = new URLSearchParams(searchOf(request));
  for (const [name, value] of changes) {
    if (value === undefined) search.delete(name);
    else search.set(name, JSON.stringify(value));
  }
  return { url: { value: `/graphql?${search}` } };
}
