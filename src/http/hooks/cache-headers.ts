import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RequestScope } from '../../page/homepage.js';
import { collectionTag, sectionTag } from '../../page/tags.js';
import type { Section } from '../../sections/define-section.js';

/** Seconds for which a shared cache may hold an anonymous answer, a partial one, and one while it fetches another. */
const SHARED_SECONDS = 60;
const PARTIAL_SECONDS = 5;
const REVALIDATE_SECONDS = 240;
const ERROR_SECONDS = 86_400;

/**
 * The headers by which caches outside may hold an answer (RFC 9111, RFC 5861), from the sections that it was made of: no
 * longer than the least of them stays fresh, and stale no longer than the least of them may be served stale here, so that
 * an offer is not shown after its end. Personal and fresh answers are for the client alone.
 */
export function cacheHeaders(options: {
  scope: RequestScope;
  registry: readonly Section[];
  /** What the answer says, but for when it was put together and read (`etag-content.ts`): the weak ETag is made of it. */
  content: unknown;
}): Record<string, string> {
  const { scope, registry, content } = options;
  if (scope.viewer !== undefined) return privateHeaders;
  const served = scope.outcomes.flatMap(({ answer }) => answer ?? []);
  if (served.length === 0 || scope.outcomes.some(({ fresh }) => fresh)) return { 'cache-control': 'no-store' };
  const partial = served.length < scope.outcomes.length;
  // It failed within the deadline that this client has shortened; others may wait longer.
  if (partial && scope.clientShortenedDeadline) return { 'cache-control': 'no-store' };
  const leastSeconds = (times: readonly number[]) => Math.floor(Math.min(...times) / 1000);
  const freshSeconds = leastSeconds(served.map(({ freshForMs }) => freshForMs));
  const seconds = Math.min(partial ? PARTIAL_SECONDS : SHARED_SECONDS, freshSeconds);
  const staleSeconds = leastSeconds(served.map(({ staleForMs }) => staleForMs)) - seconds;
  const sections = registry.filter(({ id }) => scope.outcomes.some(({ section }) => section === id));
  const tags = sections.flatMap(({ id, dependsOn }) => [sectionTag(id), ...dependsOn.map(collectionTag)]);
  return {
    'cache-control': [
      `public, s-maxage=${seconds}`,
      !partial && staleSeconds > 0 && `stale-while-revalidate=${Math.min(REVALIDATE_SECONDS, staleSeconds)}`,
      !partial && `stale-if-error=${ERROR_SECONDS}`,
    ]
      .filter((directive) => directive !== false)
      .join(', '),
    'cache-tag': [...new Set(tags)].join(','),
    // The page was put together just now, whatever the age of its sections, which s-maxage has in it.
    age: '0',
    etag: weakEtag(content),
    vary: 'Accept-Encoding, Authorization',
  };
}

/** For answers that belong to one user. */
export const privateHeaders = { 'cache-control': 'private, no-store' };

function weakEtag(content: unknown): string {
  return `W/"${createHash('sha1').update(JSON.stringify(content)).digest('base64url')}"`;
}

/** Answers 304 to clients that hold what they ask for (RFC 9110, 13.1.2). */
export function conditionalRequests(server: FastifyInstance): void {
  server.addHook('onSend', async (request, reply: FastifyReply, payload) => {
    const etag = reply.getHeader('etag');
    const wanted = request.headers['if-none-match'];
    if (typeof etag !== 'string' || wanted === undefined || reply.statusCode !== 200) return payload;
    const isHeld = wanted.split(',').some((held) => ['*', etag, etag.slice(2)].includes(held.trim()));
    if (!isHeld || (request.method !== 'GET' && request.method !== 'HEAD')) return payload;
    reply.code(304).removeHeader('content-length').removeHeader('content-type');
    return null;
  });
}
