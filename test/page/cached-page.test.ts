import type { Document } from 'mongodb';
import { describe, expect, it, vi } from 'vitest';
import { registry } from '../../src/sections/registry.js';
import { bearer, type RestBody } from '../support/app/build-test-app.js';
import { cachedAppFixture } from '../support/app/cached-app-fixture.js';
import { sectionsShowing } from '../support/data/sections.js';

const fixture = cachedAppFixture({ products: 200 });

const page = async (search = '', headers: Record<string, string> = {}): Promise<RestBody> =>
  (await fixture.app.get(`/api/v1/homepage${search}`, headers)).body;
const statuses = (body: RestBody) => body.data.metadata.sections.map(({ status }) => status);
const ids = (body: RestBody, key: string) => body.data.sections[key]?.items.map(({ id }) => id);
const finds = (collection: string) =>
  fixture.app.commands.filter((command) => command.name === 'find' && command.collection === collection).length;

/** Asks until a background renewal has shown. */
const until = (search: string, wanted: string) =>
  expect.poll(async () => statuses(await page(search)), { timeout: 5000 }).toEqual([wanted]);

describe('an entry', () => {
  it('is read once, and then served to every limit, selection and older endpoint', async () => {
    expect(statuses(await page('?sections=offers&limit=3'))).toEqual(['FRESH']);
    fixture.app.commands.length = 0;
    const three = await page('?sections=offers&limit=3');
    const twenty = await page('?sections=offers&limit=20');
    expect([statuses(three), statuses(twenty)]).toEqual([['CACHED'], ['CACHED']]);
    expect(three.data.metadata['fromCache']).toBe(true);
    expect(ids(three, 'offers')).toEqual(ids(twenty, 'offers')?.slice(0, 3));
    expect(ids(await page('?fields=offers.items.id'), 'offers')).toEqual(ids(twenty, 'offers')?.slice(0, 10));
    const { body } = await fixture.app.graphql('{ offers(limit: 5) { items { id store { name } } } }');
    expect(body.data?.['offers']?.['items']).toHaveLength(5);
    expect((await fixture.app.get('/offers?limit=20')).body.data).toEqual(twenty.data.sections['offers']?.items);
    expect(fixture.app.commands).toEqual([]);
  });

  it('starts no timer for what memory answers: deadlines and loaders are for loads', async () => {
    await page();
    const after = vi.spyOn(fixture.clock, 'after');
    expect(statuses(await page())).toEqual(registry.map(() => 'CACHED'));
    await fixture.app.graphql('{ homepage { offers { total } } featuredEvents { total } }');
    expect(after).not.toHaveBeenCalled();
    expect(statuses(await page('?sections=events&location=55.27,25.2'))).toEqual(['FRESH']);
    expect(after).toHaveBeenCalled();
  });

  it('tells its age, for how long it is fresh, and when it was read', async () => {
    const read = await page('?sections=events');
    await fixture.clock.advance(60_000);
    const { data } = await page('?sections=events');
    expect(data.metadata.sections[0]).toMatchObject({ status: 'CACHED', ageMs: 60_000 });
    expect(Number(read.data.metadata['ttl'])).toBeGreaterThanOrEqual(162);
    expect(data.metadata['ttl']).toBe(Number(read.data.metadata['ttl']) - 60);
    expect(data.sections['events']?.lastUpdated).toBe(new Date(fixture.start).toISOString());
    expect(data.metadata['timestamp']).toBe(new Date(fixture.start + 60_000).toISOString());
  });

  it('is served stale after three minutes while it is read once more, once', async () => {
    await page('?sections=events');
    await fixture.clock.advance(181_000);
    fixture.app.commands.length = 0;
    const stale = await Promise.all(Array.from({ length: 5 }, () => page('?sections=events')));
    expect(stale.map(statuses)).toEqual(Array.from({ length: 5 }, () => ['STALE']));
    expect(stale[0]?.data.metadata).toMatchObject({ ttl: 0, fromCache: true, partialFailure: false });
    await until('?sections=events', 'CACHED');
    expect(finds('events')).toBe(1);
  });

  it('is read while the caller waits when nothing stale may be served', async () => {
    await fixture.restart({ ENABLE_STALE_WHILE_REVALIDATE: 'false' });
    await page('?sections=events');
    await fixture.clock.advance(181_000);
    expect(statuses(await page('?sections=events'))).toEqual(['FRESH']);
  });

  it('is served for a day when it cannot be read, without an error', async () => {
    await page('?sections=events');
    await fixture.shop.fail('events', { errorCode: 96 });
    await fixture.clock.jump(12 * 3_600_000);
    const graced = await page('?sections=events');
    expect(statuses(graced)).toEqual(['STALE']);
    expect(graced.errors).toBeUndefined();
    expect(graced.data.metadata['partialFailure']).toBe(false);
    await fixture.clock.jump(13 * 3_600_000);
    expect(statuses(await page('?sections=events'))).toEqual(['FAILED']);
  });

  it('never outlives its first item: an offer that ends, an event that begins', async () => {
    const events = fixture.shop.db.collection('events');
    const [next] = await events
      .find({ featured: true, isActive: true, date: { $gte: new Date(fixture.start) } })
      .sort({ date: 1 })
      .limit(1)
      .toArray();
    const soon = await events.insertOne({
      ...next,
      _id: undefined,
      title: 'Soon',
      date: new Date(fixture.start + 30_000),
    } as Document);
    const before = await page('?sections=events');
    expect(before.data.sections['events']?.items[0]).toMatchObject({ title: 'Soon' });
    expect(before.data.metadata['ttl']).toBe(30);
    await fixture.clock.advance(30_001);
    const after = await page('?sections=events');
    expect([statuses(after), after.data.sections['events']?.items[0]?.['title']]).toEqual([['FRESH'], next?.['title']]);
    await events.deleteOne({ _id: soon.insertedId });
  });

  it('lives by CACHE_TTL', async () => {
    await fixture.restart({ CACHE_TTL: '10' });
    expect((await page('?sections=events')).data.metadata['ttl']).toBeLessThanOrEqual(6);
    await fixture.clock.advance(7000);
    expect(statuses(await page('?sections=events'))).toEqual(['STALE']);
  });

  it('is kept for a second only when a reference could not be looked up', async () => {
    await fixture.shop.fail('categories', { failCommands: ['find'], errorCode: 96 });
    expect((await page('?sections=events')).data.sections['events']?.items[0]?.['category']).toBeNull();
    await fixture.shop.heal();
    await fixture.clock.advance(1100);
    const whole = await page('?sections=events');
    expect(whole.data.sections['events']?.items.some(({ category }) => category !== null)).toBe(true);
  });
});

describe('one entry for', () => {
  it('of a place, minutes: it is fresh for one, and serves no longer than five when it cannot be read', async () => {
    const place = '?sections=trending_stores&location=55.27,25.2';
    await fixture.restart({ CACHE_TTL: '86400' });
    await fixture.app.following;
    await page(place);
    await page('?sections=trending_stores');
    await fixture.clock.advance(53_000);
    expect(statuses(await page(place))).toEqual(['CACHED']);
    await fixture.shop.fail('stores', { errorCode: 96 });
    await fixture.clock.advance(200_000);
    expect(statuses(await page(place))).toEqual(['STALE']);
    await fixture.clock.advance(48_000);
    expect((await page(place)).errors?.[0]).toMatchObject({ section: 'trending_stores' });
    expect(statuses(await page('?sections=trending_stores'))).toEqual(['CACHED']);
  });

  it('neighbours, who round to the same place', async () => {
    await page('?sections=trending_stores&location=55.2741,25.2049');
    fixture.app.commands.length = 0;
    expect(statuses(await page('?sections=trending_stores&location=55.2701,25.1951'))).toEqual(['CACHED']);
    expect(statuses(await page('?sections=trending_stores&location=55.28,25.2'))).toEqual(['FRESH']);
  });

  it('requests with and without a radius, where the one given is the own one of the section', async () => {
    for (const { id, key, located } of registry) {
      if (located === undefined) continue;
      await page(`?sections=${id}&location=55.27,25.2`);
      const query = `query ($at: GeoPointInput) { homepage(location: $at) { ${key} { total } metadata { sections { status } } } }`;
      const statusAt = async (radiusKm: number) => {
        const { body } = await fixture.app.graphql(query, { at: { lng: 55.27, lat: 25.2, radiusKm } });
        const metadata = body.data?.['homepage']?.['metadata'] as RestBody['data']['metadata'] | undefined;
        return metadata?.sections.map(({ status }) => status);
      };
      expect([await statusAt(located.radiusKm), await statusAt(located.radiusKm + 1)]).toEqual([['CACHED'], ['FRESH']]);
    }
  });

  it('everybody, of a public section, whoever asks and from wherever', async () => {
    await page('?sections=offers');
    const signedIn = await page(
      '?sections=offers&location=1,2',
      await bearer('507f1f77bcf86cd799439011', fixture.clock),
    );
    expect(statuses(signedIn)).toEqual(['CACHED']);
  });

  it('each user, of a personal one', async () => {
    const users = await fixture.shop.db.collection('recommendations').find().limit(3).toArray();
    const own = await Promise.all(
      users.map(async ({ userId }) =>
        ids(await page('?sections=justForYou', await bearer(String(userId), fixture.clock)), 'justForYou'),
      ),
    );
    const anonymous = ids(await page('?sections=justForYou'), 'justForYou');
    expect(new Set([...own, anonymous].map(String)).size).toBe(4);
    for (let round = 0; round < 30; round += 1) {
      const who = round % 4;
      const user = users[who];
      const headers = user === undefined ? {} : await bearer(String(user['userId']), fixture.clock);
      const answer = await page('?sections=justForYou', headers);
      expect([statuses(answer), ids(answer, 'justForYou')]).toEqual([['CACHED'], own[who] ?? anonymous]);
    }
  });
});

describe('a section that fails', () => {
  const statusOf = (ofOffers: string, ofOthers: string) =>
    registry.map(({ item }) => (item.collection === 'offers' ? ofOffers : ofOthers));

  it('neither uncaches nor reloads the others, and is not asked for again at once', async () => {
    await fixture.shop.fail('offers', { errorCode: 96 });
    expect(statuses(await page())).toEqual(statusOf('FAILED', 'FRESH'));
    fixture.app.commands.length = 0;
    expect(statuses(await page())).toEqual(statusOf('FAILED', 'CACHED'));
    expect(fixture.app.commands).toEqual([]);
    await fixture.shop.heal();
    await fixture.clock.advance(1500);
    expect(statuses(await page())).toEqual(statusOf('FRESH', 'CACHED'));
  });

  it('makes twenty callers wait once, not twenty times', async () => {
    await fixture.shop.fail('offers', { errorCode: 96 });
    fixture.app.commands.length = 0;
    const answers = await Promise.all(Array.from({ length: 20 }, () => page('?sections=offers')));
    expect(answers.map(statuses)).toEqual(Array.from({ length: 20 }, () => ['FAILED']));
    // The driver itself reads once more after an error that may pass.
    expect(finds('offers')).toBeLessThanOrEqual(2);
  });
});

describe('fresh=true', () => {
  it('reads through every copy and renews it, coalesced; what is less than a second old will do', async () => {
    await page('?sections=events');
    fixture.app.commands.length = 0;
    expect(statuses(await page('?sections=events&fresh=true'))).toEqual(['FRESH']);
    expect(fixture.app.commands).toEqual([]);
    await fixture.clock.advance(1001);
    const answers = await Promise.all(Array.from({ length: 5 }, () => page('?sections=events&fresh=true')));
    expect(answers.map(statuses)).toEqual(Array.from({ length: 5 }, () => ['FRESH']));
    expect(finds('events')).toBe(1);
    expect((await page('?sections=events')).data.metadata.sections[0]).toMatchObject({ status: 'CACHED', ageMs: 0 });
  });

  it('has the same cache key, and must not be stored outside', async () => {
    const { body, headers } = await fixture.app.get('/api/v1/homepage?fresh=true');
    expect(body.data.metadata['cacheKey']).toBe('homepage:anonymous:v1');
    expect(headers['cache-control']).toBe('no-store');
  });
});

describe('a stampede', () => {
  it('of twenty on a cold page reads each section once', async () => {
    const pages = await Promise.all(Array.from({ length: 20 }, () => page('?limit=20')));
    for (const collection of ['events', 'products'] as const) {
      expect(finds(collection), collection).toBe(sectionsShowing(collection).length);
    }
    for (const one of pages) expect(one.data.sections).toEqual(pages[0]?.data.sections);
  });
});
