import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCdnCache } from '../../../src/commands/purger/cdn-caches.js';

interface Asked {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

const asked: Asked[] = [];
let status = 200;
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    asked.push({ method: request.method, url: request.url, headers: request.headers, body });
    response.writeHead(status).end('{}');
  });
});
let origin = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  status = 200;
  asked.length = 0;
});
afterAll(() => server.close());

const tags = ['section:offers', 'collection:offers'];
const access = () => ({ fastlyToken: 'f', cloudflareToken: 'c', fastlyApi: origin, cloudflareApi: origin });

describe('a purge', () => {
  it.each([
    ['soft', 'xkey-softpurge'],
    ['hard', 'xkey-purge'],
  ] as const)('of Varnish is %s by its header', async (mode, header) => {
    await createCdnCache({ kind: 'varnish', url: origin }, access()).purge(tags, mode);
    expect(asked).toMatchObject([{ method: 'PURGE', url: '/', headers: { [header]: tags.join(' ') } }]);
  });

  it.each([
    ['soft', '1'],
    ['hard', undefined],
  ] as const)('of Fastly is %s by its header', async (mode, soft) => {
    await createCdnCache({ kind: 'fastly', service: 'S1' }, access()).purge(tags, mode);
    expect(asked).toMatchObject([
      { method: 'POST', url: '/service/S1/purge', headers: { 'fastly-key': 'f', 'surrogate-key': tags.join(' ') } },
    ]);
    expect(asked[0]?.headers['fastly-soft-purge']).toBe(soft);
  });

  it('of Cloudflare names thirty tags at most in one call', async () => {
    const many = Array.from({ length: 61 }, (_, index) => `section:${index}`);
    await createCdnCache({ kind: 'cloudflare', zone: 'Z1' }, access()).purge(many, 'soft');
    expect(asked).toMatchObject(
      [30, 30, 1].map(() => ({ url: '/client/v4/zones/Z1/purge_cache', headers: { authorization: 'Bearer c' } })),
    );
    expect(asked.flatMap(({ body }) => (JSON.parse(body) as { tags: string[] }).tags)).toEqual(many);
  });

  it('fails when the cache refuses it', async () => {
    status = 403;
    await expect(createCdnCache({ kind: 'varnish', url: origin }, access()).purge(tags, 'soft')).rejects.toThrow('403');
  });
});

describe('a purge of nginx', () => {
  const file = (tag: string) => `\u0005\u0000\nKEY: httphost/path\nHTTP/1.1 200 OK\r\nCache-Tag: ${tag}\r\n\r\n{}`;
  const named = (digit: string) => digit.repeat(32);

  it('removes files by their tags, and no others', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hg-nginx-files-'));
    await mkdir(join(directory, 'a', 'bc'), { recursive: true });
    const at = (name: string) => join(directory, 'a', 'bc', name);
    await Promise.all([
      writeFile(at(named('1')), file('section:events,collection:offers')),
      writeFile(at(named('2')), file('section:events')),
      writeFile(at(named('3')), 'HTTP/1.1 200 OK\r\n\r\n'),
      writeFile(at('no-cache-file'), file('section:offers')),
    ]);
    await createCdnCache({ kind: 'nginx', directory }, {}).purge(tags, 'soft');
    expect((await readdir(join(directory, 'a', 'bc'))).sort()).toEqual([named('2'), named('3'), 'no-cache-file']);
    await rm(directory, { recursive: true });
  });

  it('fails when there is no such directory', async () => {
    const missing = createCdnCache({ kind: 'nginx', directory: '/nowhere/at/all' }, {});
    await expect(missing.purge(tags, 'hard')).rejects.toThrow('ENOENT');
  });
});
