import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pageHeaders } from './html-page.js';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/**
 * `GET /`: the shop's page, out of what `npm run build` has written to `directory`; without that there is none. Files are named by their
 * content, so browsers may keep them for good.
 */
export async function shopPage(server: FastifyInstance, directory: string): Promise<void> {
  const html = await readFile(join(directory, 'index.html'), 'utf8').catch(() => undefined);
  if (html === undefined) return;
  const headers = pageHeaders(html);
  server.get('/', async (_request, reply) => reply.headers(headers).send(html));
  for (const name of await readdir(join(directory, 'assets'))) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const content = await readFile(join(directory, 'assets', name));
    server.get(`/assets/${name}`, async (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content),
    );
  }
}
