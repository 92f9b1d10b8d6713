import accepts from '@fastify/accepts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf, refuse } from './failure-answers.js';

/** Bytes of a request's path and query. */
export const MAX_URL_BYTES = 8192;

/** A name or address, and a port (RFC 9110, 7.2; RFC 3986, 3.2.2). */
export const HOST = /^(\[[0-9a-f:.]{2,45}\]|[\w.-]{1,253})(:\d{0,5})?$/i;

/** Headers of which two would say two things: Node keeps the first, and a proxy before it maybe the last. */
const single: readonly string[] = ['host', 'authorization', 'content-type'];

/** Answers that are not JSON, or choose their own form. */
const otherTypes = /^\/(graphql$|images\/|healthz$|readyz$|metrics$)/;

/** As clients name it, with and without what is always so. */
const jsonTypes = ['application/json', 'application/json; charset=utf-8'];

/** Refuses what is valid HTTP for Node's parser, but means nothing, or two things, or cannot be answered as asked. */
export async function requireWellFormed(server: FastifyInstance): Promise<void> {
  await server.register(accepts);
  server.addHook('onRequest', async (request, reply) => {
    if (request.url.length > MAX_URL_BYTES) {
      const message = `The URL has ${request.url.length} bytes, at most ${MAX_URL_BYTES} are allowed`;
      return refuse(request, reply, 414, message);
    }
    // RFC 9112, 3.2; HTTP/1.0 has no need of one.
    const { host = request.raw.httpVersion === '1.0' ? 'none' : '' } = request.headers;
    if (!HOST.test(host)) return ambiguous(request, reply, 'host: no valid name and port');
    const repeated = single.find((name) => countOf(request, name) > 1);
    if (repeated !== undefined) return ambiguous(request, reply, `${repeated}: given more than once`);
    // RFC 9110, 12.5.1; an empty header says nothing.
    if (request.headers.accept && !otherTypes.test(pathOf(request)) && request.type(jsonTypes) === false) {
      return refuse(request, reply, 406, 'accept: excludes what there is; allowed: application/json');
    }
    return undefined;
  });
}

/** A sender, or a proxy, that reads such a request differently may read the rest of the connection differently as well. */
const ambiguous = (request: FastifyRequest, reply: FastifyReply, message: string): FastifyReply =>
  refuse(request, reply.header('connection', 'close'), 400, message);

/** Names and values alternate in Node's raw headers. */
const countOf = ({ raw: { rawHeaders } }: FastifyRequest, name: string): number =>
  rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
