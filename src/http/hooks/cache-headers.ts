import type { FastifyInstance, FastifyReply } from 'fastify';
import { weakEtag } from '../../page/fragments/weak-etag.js';
import type { RequestScope } from '../../page/homepage.js';
import { collectionTag, sectionTag } from '../../page/tags.js';
import type { Section } from '../../sections/define-section.js';

/** Seconds for which a shared cache may hold an anonymous answer, a partial one, and one while it fetches another. */
const SHARED_SECONDS = 60;
const PARTIAL_SECONDS = 5;
const REVALIDATE_SECONDS = 240;
const ERROR_SECONDS = 86_400;

/**
 * The headers by which caches outside may hold an answer (RFC 9111, RFC 5861), from the sections that it was made of.
 * Personal and fresh answers are for the client alone.
 */
export function cacheHeaders(options: {
  scope: RequestScope;
  registry: readonly Section[];
  /** What the answer says, but for when it was put together and read (`etag-content.ts`): the weak ETag is made of it. */
  content: string;
}): Record<string, string> {
  const { scope, registry, content } = options;
  if (scope.viewer !== undefined) return privateHeaders;
  const served = scope.outcomes.flatMap(({ answer }) => answer ?? []);
  if (served.length === 0 || scope.outcomes.some(({ fresh }) => fresh)) return { 'cache-control': 'no-store' };
  const partial = served.length < scope.outcomes.length;
  // It failed within the deadline that this client has shortened; others may wait longer.
  if (partial && scope.clientShortenedDeadline) return { 'cache-control': 'no-store' };
  return {
    'cache-control': sharedCacheControl(served, { partial }),
    'cache-tag': cacheTag(registry.filter(({ id }) => scope.outcomes.some(({ section }) => section === id))),
    // The page was put together just now; the age of its sections is taken off s-maxage.
    age: '0',
    etag: weakEtag([content]),
    vary: 'Accept-Encoding, Authorization',
  };
}

/** For answers that belong to one user. */
export const privateHeaders = { 'cache-control': 'private, no-store' };

/**
 * `Cache-Control` of an anonymous answer: fresh no longer than the least of its sections stays fresh, and stale no longer than
 * the least of them may be served stale here, so that an offer is not shown after its end.
 */
export function sharedCacheControl(
  served: readonly { freshForMs: number; staleForMs: number }[],
  { partial }: { partial: boolean },
): string {
  let freshForMs = Number.POSITIVE_INFINITY;
  let staleForMs = Number.POSITIVE_INFINITY;
  for (const section of served) {
    freshForMs = Math.min(freshForMs, section.freshForMs);
    staleForMs = Math.min(staleForMs, section.staleForMs);
  }
  const seconds = Math.min(partial ? PARTIAL_SECONDS : SHARED_SECONDS, Math.floor(freshForMs / 1000));
  const staleSeconds = Math.min(REVALIDATE_SECONDS, Math.floor(staleForMs / 1000) - seconds);
  if (partial) return `public, s-maxage=${seconds}`;
  const revalidate = staleSeconds > 0 ? `stale-while-revalidate=${staleSeconds}, ` : '';
  return `public, s-maxage=${seconds}, ${revalidate}stale-if-error=${ERROR_SECONDS}`;
}

/** `Cache-Tag` by which a CDN may purge what these sections are part of. */
export function cacheTag(sections: readonly Section[]): string {
  const tags = sections.flatMap(({ id, dependsOn }) => [sectionTag(id), ...dependsOn.map(collectionTag)]);
  return [...new Set(tags)].join(',');
}

/** Whether `If-None-Match` names the content that a client would get (RFC 9110, 13.1.2). */
export const isHeld = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch === etag || ifNoneMatch.split(',').some((held) => ['*', etag, etag.slice(2)].includes(held.trim()));

/** Answers 304 to clients that hold what they ask for (RFC 9110, 13.1.2). */
export function conditionalRequests(server: FastifyInstance): void {
  server.addHook('onSend', async (request, reply: FastifyReply, payload) => {
    const etag = reply.getHeader('etag');
    const wanted = request.headers['if-none-match'];
    if (typeof etag !== 'string' || wanted === undefined || reply.statusCode !== 200) return payload;
    if (!isHeld(wanted, etag) || (request.method !== 'GET' && request.method !== 'HEAD')) return payload;
    reply.code(304).removeHeader('content-length').removeHeader('content-type');
    return null;
  });
}
