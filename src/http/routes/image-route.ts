import type { FastifyInstance } from 'fastify';

/** Pages of other origins show the pictures, which style themselves. */
const pictureHeaders = {
  'cross-origin-resource-policy': 'cross-origin',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
};

/** The demo data's pictures, drawn from their paths alone, so that a page works offline. */
export function imageRoute(server: FastifyInstance, options: { render: (path: string) => string | undefined }): void {
  server.get('/images/*', async (request, reply) => {
    const [path = ''] = request.url.split('?');
    const svg = options.render(path);
    if (svg === undefined) return reply.callNotFound();
    return reply
      .type('image/svg+xml; charset=utf-8')
      .headers(pictureHeaders)
      .header('cache-control', 'public, max-age=86400')
      .send(svg);
  });
}
