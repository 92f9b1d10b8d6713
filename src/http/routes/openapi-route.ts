import type { FastifyInstance } from 'fastify';

/** `GET /api/v1/openapi.json`: what the REST interface is, for tools. Pages of other origins may read it. */
export function openApiRoute(server: FastifyInstance, document: Readonly<Record<string, unknown>>): void {
  const text = JSON.stringify(document);
  server.get('/api/v1/openapi.json', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').header('cache-control', 'public, max-age=300').send(text),
  );
}
