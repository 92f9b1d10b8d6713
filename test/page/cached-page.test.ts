import type { Document } from 'mongodb';
import { describe, expect, it, vi } from 'vitest';
import { registry } from '../../src/sections/registry.js';
import { bearer, type RestBody } from '../support/app.js';
import { setCachedScene } from '../support/cached-app.js';

const scene = setCachedScene({ products: 200 });

const page = async (search = '', headers: Record<string, string> = {}): Promise<RestBody> =>
  (await scene.app.get(`/api/v1/homepage${search}`, headers)).body;
const statuses = (body: RestBody) => body.data.metadata.sections.map(({ status }) => status);
const ids = (body: RestBody, key: string) => body.data.sections[key]?.items.map(({ id }) => id);
const finds = (collection: string) =>
  scene.app.commands.filter((command) => command.name === 'find' && command.collection === collection).length;

/** Asks until a background renewal has shown. */
const until = (search: string, wanted: string) =>
  expect.poll(async () => statuses(await page(search)), { timeout: 5000 }).toEqual([wanted]);

describe('an entry', () => {
  it('is read once, and then served to every limit, selection and older endpoint', async () => {
    expect(statuses(await page('?sections=offers&limit=3'))).toEqual(['FRESH']);
    scene.app.commands.length = 0;
    const three = await page('?sections=offers&limit=3');
    const twenty = await page('?sections=offers&limit=20');
    expect([statuses(three), statuses(twenty)]).toEqual([['CACHED'], ['CACHED']]);
    expect(three.data.metadata['fromCache']).toBe(true);
    expect(ids(three, 'offers')).toEqual(ids(twenty, 'offers')?.slice(0, 3));
    expect(ids(await page('?fields=offers.items.id'), 'offers')).toEqual(ids(twenty, 'offers')?.slice(0, 10));
    const { body } = await scene.app.graphql('{ offers(limit: 5) { items { id store { name } } } }');
    expect(body.data?.['offers']?.['items']).toHaveLength(5);
    expect((await scene.app.get('/offers?limit=20')).body.data).toEqual(twenty.data.sections['offers']?.items);
    expect(scene.app.commands).toEqual([]);
  });

  it('starts no timer for what memory answers: deadlines and loaders are for loads', async () => {
    await page();
    const after = vi.spyOn(scene.clock, 'after');
    expect(statuses(await page())).toEqual(registry.map(() => 'CACHED'));
    await scene.app.graphql('{ homepage { offers { total } } featuredEvents { total } }');
    expect(after).not.toHaveBeenCalled();
    expect(statuses(await page('?sections=events&location=55.27,25.2'))).toEqual(['FRESH']);
    expect(after).toHaveBeenCalled();
  });

  it('tells its age, for how long it is fresh, and when it was read', async () => {
    const read = await page('?sections=events');
    await scene.clock.advance(60_000);
    const { data } = await page('?sections=events');
    expect(data.metadata.sections[0]).toMatchObject({ status: 'CACHED', ageMs: 60_000 });
    expect(Number(read.data.metadata['ttl'])).toBeGreaterThanOrEqual(162);
    expect(data.metadata['ttl']).toBe(Number(read.data.metadata['ttl']) - 60);
    expect(data.sections['events']?.lastUpdated).toBe(new Date(scene.start).toISOString());
    expect(data.metadata['timestamp']).toBe(new Date(scene.start + 60_000).toISOString());
  });

  it('is served stale after three minutes while it is read once more, once', async () => {
    await page('?sections=events');
    await scene.clock.advance(181_000);
    scene.app.commands.length = 0;
    const stale = await Promise.all(Array.from({ length: 5 }, () => page('?sections=events')));
    expect(stale.map(statuses)).toEqual(Array.from({ length: 5 }, () => ['STALE']));
    expect(stale[0]?.data.metadata).toMatchObject({ ttl: 0, fromCache: true, partialFailure: false });
    await until('?sections=events', 'CACHED');
    expect(finds('events')).toBe(1);
  });

  it('is read while the caller waits when nothing stale may be served', async () => {
    await scene.restart({ ENABLE_STALE_WHILE_REVALIDATE: 'false' });
    await page('?sections=events');
    await scene.clock.advance(181_000);
    expect(statuses(await page('?sections=events'))).toEqual(['FRESH']);
  });

  it('is served for a day when it cannot be read, without an error', async () => {
    await page('?sections=events');
    await scene.shop.fail('events', { errorCode: 96 });
    await scene.clock.jump(12 * 3_600_000);
    const graced = await page('?sections=events');
    expect(statuses(graced)).toEqual(['STALE']);
    expect(graced.errors).toBeUndefined();
    expect(graced.data.metadata['partialFailure']).toBe(false);
    await scene.clock.jump(13 * 3_600_000);
    expect(statuses(await page('?sections=events'))).toEqual(['FAILED']);
  });

  it('never outlives its first item: an offer that ends, an event that begins', async () => {
    const events = scene.shop.db.collection('events');
    const [next] = await events
      .find({ featured: true, isActive: true, date: { $gte: new Date(scene.start) } })
      .sort({ date: 1 })
      .limit(1)
      .toArray();
    const soon = await events.insertOne({
      ...next,
      _id: undefined,
      title: 'Soon',
      date: new Date(scene.start + 30_000),
    } as Document);
    const before = await page('?sections=events');
    expect(before.data.sections['events']?.items[0]).toMatchObject({ title: 'Soon' });
    expect(before.data.metadata['ttl']).toBe(30);
    await scene.clock.advance(30_001);
    const after = await page('?sections=events');
    expect([statuses(after), after.data.sections['events']?.items[0]?.['title']]).toEqual([['FRESH'], next?.['title']]);
    await events.deleteOne({ _id: soon.insertedId });
  });

  it('lives by CACHE_TTL', async () => {
    await scene.restart({ CACHE_TTL: '10' });
    expect((await page('?sections=events')).data.metadata['ttl']).toBeLessThanOrEqual(6);
    await scene.clock.advance(7000);
    expect(statuses(await page('?sections=events'))).toEqual(['STALE']);
  });

  it('is kept for a second only when a reference could not be looked up', async () => {
    await scene.shop.fail('categories', { failCommands: ['find'], errorCode: 96 });
    expect((await page('?sections=events')).data.sections['events']?.items[0]?.['category']).toBeNull();
    await scene.shop.heal();
    await scene.clock.advance(1100);
    const whole = await page('?sections=events');
    expect(whole.data.sections['events']?.items.some(({ category }) => category !== null)).toBe(true);
  });
});

describe('one entry for', () => {
  it('neighbours, who round to the same place', async () => {
    await page('?sections=trending_stores&location=55.2741,25.2049');
    scene.app.commands.length = 0;
    expect(statuses(await page('?sections=trending_stores&location=55.2701,25.1951'))).toEqual(['CACHED']);
    expect(statuses(await page('?sections=trending_stores&location=55.28,25.2'))).toEqual(['FRESH']);
  });

  it('requests with and without a radius, where the one given is the own one of the section', async () => {
    for (const { id, key, located } of registry) {
      if (located === undefined) continue;
      await page(`?sections=${id}&location=55.27,25.2`);
      const query = `query ($at: GeoPointInput) { homepage(location: $at) { ${key} { total } metadata { sections { status } } } }`;
      const statusAt = async (radiusKm: number) => {
        const { body } = await scene.app.graphql(query, { at: { lng: 55.27, lat: 25.2, radiusKm } });
        const metadata = body.data?.['homepage']?.['metadata'] as RestBody['data']['metadata'] | undefined;
        return metadata?.sections.map(({ status }) => status);
      };
      expect([await statusAt(located.radiusKm), await statusAt(located.radiusKm + 1)]).toEqual([['CACHED'], ['FRESH']]);
    }
  });

  it('everybody, of a public section, whoever asks and from wherever', async () => {
    await page('?sections=offers');
    const signedIn = await page('?sections=offers&location=1,2', await bearer('507f1f77bcf86cd799439011', scene.clock));
    expect(statuses(signedIn)).toEqual(['CACHED']);
  });

  it('each user, of a personal one', async () => {
    const users = await scene.shop.db.collection('recommendations').find().limit(3).toArray();
    const own = await Promise.all(
      users.map(async ({ userId }) =>
        ids(await page('?sections=justForYou', await bearer(String(userId), scene.clock)), 'justForYou'),
      ),
    );
    const anonymous = ids(await page('?sections=justForYou'), 'justForYou');
    expect(new Set([...own, anonymous].map(String)).size).toBe(4);
    for (let round = 0; round < 30; round += 1) {
      const who = round % 4;
      const user = users[who];
      const headers = user === undefined ? {} : await bearer(String(user['userId']), scene.clock);
      const answer = await page('?sections=justForYou', headers);
      expect([statuses(answer), ids(answer, 'justForYou')]).toEqual([['CACHED'], own[who] ?? anonymous]);
    }
  });
});

describe('a section that fails', () => {
  it('neither uncaches nor reloads the others, and is not asked for again at once', async () => {
    await scene.shop.fail('offers', { errorCode: 96 });
    expect(statuses(await page())).toEqual(['FRESH', 'FRESH', 'FRESH', 'FRESH', 'FAILED', 'FAILED']);
    scene.app.commands.length = 0;
    expect(statuses(await page())).toEqual(['CACHED', 'CACHED', 'CACHED', 'CACHED', 'FAILED', 'FAILED']);
    expect(scene.app.commands).toEqual([]);
    await scene.shop.heal();
    await scene.clock.advance(1500);
    expect(statuses(await page())).toEqual(['CACHED', 'CACHED', 'CACHED', 'CACHED', 'FRESH', 'FRESH']);
  });

  it('makes twenty callers wait once, not twenty times', async () => {
    await scene.shop.fail('offers', { errorCode: 96 });
    scene.app.commands.length = 0;
    const answers = await Promise.all(Array.from({ length: 20 }, () => page('?sections=offers')));
    expect(answers.map(statuses)).toEqual(Array.from({ length: 20 }, () => ['FAILED']));
    // The driver itself reads once more after an error that may pass.
    expect(finds('offers')).toBeLessThanOrEqual(2);
  });
});

describe('fresh=true', () => {
  it('reads through every copy and renews it, coalesced; what is less than a second old will do', async () => {
    await page('?sections=events');
    scene.app.commands.length = 0;
    expect(statuses(await page('?sections=events&fresh=true'))).toEqual(['FRESH']);
    expect(scene.app.commands).toEqual([]);
    await scene.clock.advance(1001);
    const answers = await Promise.all(Array.from({ length: 5 }, () => page('?sections=events&fresh=true')));
    expect(answers.map(statuses)).toEqual(Array.from({ length: 5 }, () => ['FRESH']));
    expect(finds('events')).toBe(1);
    expect((await page('?sections=events')).data.metadata.sections[0]).toMatchObject({ status: 'CACHED', ageMs: 0 });
  });

  it('has the same cache key, and must not be stored outside', async () => {
    const { body, headers } = await scene.app.get('/api/v1/homepage?fresh=true');
    expect(body.data.metadata['cacheKey']).toBe('homepage:anonymous:v1');
    expect(headers['cache-control']).toBe('no-store');
  });
});

describe('a stampede', () => {
  it('of twenty on a cold page reads each section once', async () => {
    const pages = await Promise.all(Array.from({ length: 20 }, () => page('?limit=20')));
    expect(finds('events')).toBe(1);
    expect(finds('products')).toBe(2);
    for (const one of pages) expect(one.data.sections).toEqual(pages[0]?.data.sections);
  });
});
