import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RequestScope } from '../../page/homepage.js';
import { collectionTag, sectionTag } from '../../page/tags.js';
import type { Section } from '../../sections/define-section.js';

/** Seconds for which a shared cache may hold an anonymous answer, and a partial one (spec, section 4). */
const SHARED_SECONDS = 60;
const PARTIAL_SECONDS = 5;
const STALE_DIRECTIVES = 'stale-while-revalidate=240, stale-if-error=86400';

/**
 * The headers by which caches outside may hold an answer (RFC 9111, RFC 5861), from the sections that it was made of: no
 * longer than the least of them stays fresh. Personal and fresh answers are nobody's but the client's.
 */
export function cacheHeaders(options: {
  scope: RequestScope;
  registry: readonly Section[];
  /** What the answer says, but for when it was put together and read (`http/content.ts`): the weak ETag is made of it. */
  content: unknown;
}): Record<string, string> {
  const { scope, registry, content } = options;
  if (scope.viewer !== undefined) return privateHeaders;
  const served = scope.outcomes.flatMap(({ answer }) => answer ?? []);
  if (served.length === 0 || scope.outcomes.some(({ fresh }) => fresh)) return { 'cache-control': 'no-store' };
  const partial = served.length < scope.outcomes.length;
  // That it has failed in so short a time is true for this client only.
  if (partial && scope.clientShortenedDeadline) return { 'cache-control': 'no-store' };
  const freshSeconds = Math.floor(Math.min(...served.map(({ freshForMs }) => freshForMs)) / 1000);
  const seconds = Math.min(partial ? PARTIAL_SECONDS : SHARED_SECONDS, freshSeconds);
  const sections = registry.filter(({ id }) => scope.outcomes.some(({ section }) => section === id));
  const tags = sections.flatMap(({ id, dependsOn }) => [sectionTag(id), ...dependsOn.map(collectionTag)]);
  return {
    'cache-control': partial ? `public, s-maxage=${seconds}` : `public, s-maxage=${seconds}, ${STALE_DIRECTIVES}`,
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
