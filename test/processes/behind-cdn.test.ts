import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sectionsShowing } from '../support/data/sections.js';
import { type CdnServer, startNginx, startVarnish } from '../support/servers/cdn-servers.js';
import { type Cluster, createProcessFixture, tokenOf } from '../support/servers/process-fixture.js';
import { type RunningProcess, startProcess } from '../support/servers/running-process.js';
import { until } from '../support/until.js';

interface Page {
  status: number;
  cache: string | null;
  headers: Headers;
  text: string;
}

const newest = sectionsShowing('products').find(({ scope }) => scope === 'public');
const path = `/api/v1/homepage?sections=${newest?.id}&limit=3`;

async function ask(cdn: CdnServer, at: string, headers: Record<string, string> = {}): Promise<Page> {
  const response = await fetch(`${cdn.origin}${at}`, { headers });
  const text = await response.text();
  return { status: response.status, cache: response.headers.get('x-cache'), headers: response.headers, text };
}

const itemsIn = (page: Page): { id: string; name: string; price: number }[] => {
  const body = JSON.parse(page.text) as { data: { sections: Record<string, { items: never[] }> } };
  return body.data.sections[newest?.key ?? '']?.items ?? [];
};

const fixture = createProcessFixture();

describe.each([
  ['nginx', startNginx],
  ['Varnish', startVarnish],
] as const)('behind %s', (_, start) => {
  let cluster: Cluster;
  let cdn: CdnServer;
  let purger: RunningProcess;
  beforeAll(async () => {
    cluster = await fixture.cluster({ gateways: 2, env: { TRUST_PROXY: '1' } });
    cdn = await start(cluster.gateways.map(({ origin }) => origin));
    purger = startProcess('node', ['dist/commands/purger.js'], {
      REDIS_URL: cluster.redis.url,
      PURGE_TARGETS: cdn.target,
      LOG_LEVEL: 'debug',
    });
    await purger.printed(/following invalidations/);
  });
  afterAll(async () => {
    purger.child.kill('SIGTERM');
    expect(await purger.ended).toBe(0);
    await cdn.stop();
    await fixture.close();
  });

  it('serves a page from the cache, with 304 for those who hold it, and without tags for the public', async () => {
    await ask(cdn, path);
    const held = await ask(cdn, path);
    expect(held).toMatchObject({ status: 200, cache: 'HIT' });
    expect(held.headers.get('cache-tag')).toBeNull();
    expect(itemsIn(held)).toHaveLength(3);
    const again = await ask(cdn, path, { 'if-none-match': held.headers.get('etag') ?? '' });
    expect(again).toMatchObject({ status: 304, cache: 'HIT', text: '' });
  });

  it('keeps the forms of one page apart', async () => {
    const forms = ['identity', 'gzip'].map((encoding) => ask(cdn, path, { 'accept-encoding': encoding }));
    const [plain, zipped] = await Promise.all(forms);
    expect(plain?.headers.get('content-encoding')).toBeNull();
    expect(zipped?.headers.get('content-encoding')).toBe('gzip');
    expect(plain && itemsIn(plain)).toEqual(zipped && itemsIn(zipped));
  });

  it('shows a changed price within seconds, long before the page is old', async () => {
    const [item] = itemsIn(await ask(cdn, path));
    const products = cluster.database.db.collection('products');
    await products.updateOne({ name: item?.name }, { $set: { price: 12_345.5 } });
    await until(async () => itemsIn(await ask(cdn, path))[0]?.price === 12_345.5, 8000);
    expect(purger.output()).toContain('"message":"purged"');
    // The old price never comes back.
    for (let i = 0; i < 20; i++) expect(itemsIn(await ask(cdn, path))[0]?.price).toBe(12_345.5);
  });

  it('never stores what is personal, and never mixes two users', async () => {
    const owners = await cluster.database.db.collection('recommendations').find().limit(2).toArray();
    const readers = await Promise.all(
      owners.map(async ({ userId }) => ({ userId: String(userId), token: await tokenOf(String(userId)) })),
    );
    const personal = '/api/v1/homepage?limit=3';
    for (let round = 0; round < 5; round++) {
      for (const { userId, token } of readers) {
        const page = await ask(cdn, personal, { authorization: `Bearer ${token}` });
        expect(JSON.parse(page.text)).toMatchObject({ data: { metadata: { userId } } });
        expect(page.cache).not.toBe('HIT');
      }
      const anonymous = JSON.parse((await ask(cdn, personal)).text) as { data: { metadata: { userId?: string } } };
      expect(anonymous.data.metadata.userId ?? null).toBeNull();
    }
  });
});

it('serves what it holds, whatever its age, while no gateway answers', async () => {
  // Fresh for about a second, stale for as long again.
  const { gateways } = await fixture.cluster({ gateways: 2, env: { CACHE_TTL: '2' } });
  const origins = gateways.map(({ origin }) => origin);
  const cdns = await Promise.all([startNginx(origins), startVarnish(origins)]);
  const before = await Promise.all(cdns.map(async (cdn) => itemsIn(await ask(cdn, path))));
  const loadedAt = performance.now();
  for (const { process: gateway } of gateways) {
    gateway.child.kill('SIGKILL');
    await gateway.ended;
  }
  await until(() => performance.now() - loadedAt > 4000);
  for (const [index, cdn] of cdns.entries()) {
    for (let i = 0; i < 5; i++) {
      const page = await ask(cdn, path);
      expect(page.status).toBe(200);
      expect(itemsIn(page)).toEqual(before[index]);
    }
    expect((await ask(cdn, `${path}&fresh=true`)).status).toBeGreaterThan(500);
    await cdn.stop();
  }
  await fixture.close();
});
