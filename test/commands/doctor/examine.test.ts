import { Decimal128 } from 'bson';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { examine } from '../../../src/commands/doctor/examine.js';
import { hasFaults, tableOf } from '../../../src/commands/doctor/finding.js';
import { loadConfig } from '../../../src/config/config.js';
import { systemClock } from '../../../src/core/clock.js';
import { ensureIndexes } from '../../../src/database/ensure-indexes.js';
import { indexes } from '../../../src/database/indexes.js';
import { registry } from '../../../src/sections/registry.js';
import { bearer } from '../../support/app/build-test-app.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { type RedisServer, startRedisServer } from '../../support/servers/redis-server.js';
import { startProcess } from '../../support/servers/running-process.js';
import { silentLogger } from '../../support/test-logger.js';

const secret = 'a secret of the tests, of 32 bytes or more';

let shop: Shop;
beforeEach(async () => {
  shop = await startShop({ now: Date.now(), products: 60 });
  return () => shop.close();
});

const look = async (env: Record<string, string> = {}, token?: string, uri = shop.uri) => {
  const config = loadConfig({ JWT_SECRET: secret, ...env });
  const { findings, missing } = await examine({ uri, config, registry, token, clock: systemClock });
  return { findings, missing, table: tableOf(findings), fails: hasFaults(findings) };
};
const change = (id: unknown, update: object) => shop.db.collection('products').updateOne({ _id: id as never }, update);
const found = ({ findings }: Awaited<ReturnType<typeof look>>, text: RegExp) =>
  findings.filter((finding) => text.test(finding.text));

describe('the doctor', () => {
  it('finds nothing wrong with a healthy shop', async () => {
    await ensureIndexes({ database: shop.db, logger: silentLogger });
    const result = await look();
    expect(result.fails).toBe(false);
    expect(result.missing).toEqual([]);
    for (const { id } of registry) expect(result.table).toContain(`section ${id}`);
    expect(result.findings.filter(({ severity }) => severity === 'warning')).toEqual([]);
  });

  it('says that the name of the database is wrong, and makes nothing there', async () => {
    const uri = shop.uri.replace(/\/[^/?]+\?/, '/another?');
    const result = await look({}, undefined, uri);
    expect(result.fails).toBe(true);
    expect(found(result, /has none of .*is its name right/)).toHaveLength(1);
  });

  it('names collections that are missing or empty', async () => {
    await shop.db.dropCollection('events');
    await shop.db.collection('offers').deleteMany({});
    const result = await look();
    expect(found(result, /is missing: sections/)).toMatchObject([{ subject: 'collection events', severity: 'fault' }]);
    expect(found(result, /is empty/)).toMatchObject([{ subject: 'collection offers', severity: 'fault' }]);
  });

  it('names missing indexes, with the commands that make them', async () => {
    await Promise.all(indexes.map(({ collection }) => shop.db.collection(collection).dropIndexes()));
    const { missing, table } = await look();
    // By collection, whatever the order of the table.
    expect(new Set(missing)).toEqual(new Set(indexes));
    expect(table).toContain('-> db.products.createIndex({"featured":1,');
  });

  it('says which documents would be left out, by field and reason, and how many', async () => {
    const [one, two] = await shop.db.collection('products').find().limit(2).toArray();
    await change(one?._id, { $set: { price: '12.50' } });
    await change(two?._id, { $unset: { name: '' } });
    const result = await look();
    expect(found(result, /price: expected Float, found text/)).toMatchObject([{ severity: 'warning' }]);
    expect(found(result, /name: expected String, found nothing/)[0]?.text).toContain(String(two?._id));
    expect(result.fails).toBe(false);
    await shop.db.collection('products').updateMany({}, { $set: { price: true } });
    expect((await look()).fails).toBe(true);
  });

  it('calls Decimal128 fine, and text references and broken text not', async () => {
    const [one, two, three] = await shop.db.collection('products').find().limit(3).toArray();
    await change(one?._id, { $set: { price: Decimal128.fromString('9.95') } });
    await change(two?._id, { $set: { store: String(two?.['store']) } });
    await change(three?._id, { $set: { name: 'Caf\uFFFD' } });
    const result = await look();
    expect(found(result, /Decimal128 numbers, which is fine/)).toMatchObject([{ severity: 'ok' }]);
    expect(found(result, /refer to stores by text in "store"/)).toMatchObject([{ severity: 'warning' }]);
    expect(found(result, /not UTF-8/)).toMatchObject([{ severity: 'warning' }]);
  });

  it('says that a database cannot be reached, by what to check', async () => {
    const result = await look({}, undefined, 'mongodb://127.0.0.1:1/shop?serverSelectionTimeoutMS=200');
    expect(result.fails).toBe(true);
    expect(found(result, /cannot be read/)[0]?.remedy).toContain('MONGODB_URI');
  });

  it('tells whether a token is one of the users', async () => {
    const clock = createFakeClock({ startAt: Date.now() });
    const { authorization } = await bearer('507f1f77bcf86cd799439011', clock, { secret });
    const token = authorization.replace('Bearer ', '');
    expect(found(await look({}, token), /valid, for user 507f1f77bcf86cd799439011/)).toHaveLength(1);
    expect((await look({ JWT_ISSUER: 'https://id.example' }, token)).fails).toBe(true);
    expect((await look({ JWT_SECRET: '', JWT_AUDIENCE: 'shop' })).fails).toBe(true);
  });

  it('ends with 1 when something would fail, and speaks JSON', async () => {
    const run = (uri: string) => startProcess('node', ['dist/commands/doctor.js', '--json'], { MONGODB_URI: uri });
    const good = run(shop.uri);
    expect(await good.ended).toBe(0);
    expect(JSON.parse(good.output())).toMatchObject({ ok: true, findings: expect.any(Array) });
    const bad = run(shop.uri.replace(/\/[^/?]+\?/, '/another?'));
    expect(await bad.ended).toBe(1);
    expect(JSON.parse(bad.output())).toMatchObject({ ok: false });
  });
});

describe('the doctor at Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedisServer(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']);
    const admin = redis.client();
    await admin.call('ACL', 'SETUSER', 'mute', 'on', '>secret', '~*', 'resetchannels', '+@all');
    await admin.zadd('other:2:log', 1, 'c');
  });
  afterAll(() => redis.stop());

  it('finds eviction, missing rights to channels, and other shops', async () => {
    const result = await look({ REDIS_URL: redis.url.replace('redis://', 'redis://mute:secret@') });
    expect(found(result, /evicts keys .*allkeys-lru/)).toMatchObject([{ severity: 'warning' }]);
    expect(found(result, /may not publish/)[0]?.remedy).toContain('&hg:');
    expect(found(result, /another shop or version uses it: other:2/)).toHaveLength(1);
    const own = await look({ REDIS_URL: redis.url });
    expect(found(own, /may publish on channels of hg/)).toMatchObject([{ severity: 'ok' }]);
  });

  it('says that Redis cannot be used', async () => {
    expect((await look({ REDIS_URL: redis.url.replace('redis://', 'redis://nobody:wrong@') })).fails).toBe(true);
  });
});
