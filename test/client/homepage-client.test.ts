import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { homepageHash } from '../../src/client/generated/homepage-document.js';
import { homepageSections } from '../../src/client/generated/homepage-sections.js';
import { createHomepageClient, type HomepageOutcome, type SectionKey } from '../../src/client/homepage-client.js';
import { registry } from '../../src/sections/registry.js';
import { bearer, buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { fetchFrom } from '../support/app/fetch-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const url = 'http://gateway.test';
const keys = registry.map(({ key }) => key) as SectionKey[];
const [first, second] = keys as [SectionKey, SectionKey];

describe('over a real gateway', () => {
  const clock = createFakeClock();
  let shop: Shop;
  let app: TestApp;
  beforeAll(async () => {
    shop = await startShop({ now: clock.now(), products: 100 });
    app = await buildTestApp(shop.uri, { clock });
  });
  afterAll(async () => {
    await app.close();
    await shop.close();
  });

  it('knows every section of the registry', () => {
    expect(Object.keys(homepageSections)).toEqual(keys);
  });

  it('asks by GET and hash, and gets the same by REST', async () => {
    const asked: string[] = [];
    const modes: unknown[] = [];
    const through = fetchFrom(app);
    const client = (transport: 'graphql' | 'rest') =>
      createHomepageClient({
        url,
        transport,
        fetch: (input, init) => {
          modes.push(init?.cache);
          asked.push(
            `${init?.method ?? 'GET'} ${new URL(String(input)).pathname} ${String(input).includes(homepageHash)}`,
          );
          return through(input, init);
        },
      });
    const args = { limit: 3, location: { lng: 13.4, lat: 52.5 } };
    const graphql = await client('graphql').homepage(args);
    const rest = await client('rest').homepage(args);
    expect(asked).toEqual(['GET /graphql true', 'GET /api/v1/homepage false']);
    // Else a browser would show for minutes what a CDN may show while it asks.
    expect(modes).toEqual(['no-cache', 'no-cache']);
    for (const key of keys) {
      const [one, other] = [graphql.sections[key], rest.sections[key]];
      if (one?.status === 'failed' || other?.status === 'failed') throw new Error(`${key} failed`);
      expect(one?.data.items.length).toBeGreaterThan(0);
      expect(other?.data.items).toEqual(one?.data.items);
    }
  });

  it('keeps an answer, and uses it again when it has not changed', async () => {
    const statuses: number[] = [];
    const through = fetchFrom(app);
    const client = createHomepageClient({
      url,
      fetch: async (input, init) => {
        const response = await through(input, init);
        statuses.push(response.status);
        return response;
      },
    });
    const before = await client.homepage({ limit: 2 });
    expect(await client.homepage({ limit: 2 })).toEqual(before);
    expect(statuses).toEqual([200, 304]);
  });

  it('asks for a new token once when the gateway refuses the first', async () => {
    const user = await shop.db.collection('recommendations').findOne();
    const { authorization } = await bearer(String(user?.['userId']), clock);
    const calls: boolean[] = [];
    const client = createHomepageClient({
      url,
      fetch: fetchFrom(app),
      token: ({ rejected }) => {
        calls.push(rejected);
        return rejected ? authorization.replace('Bearer ', '') : 'old';
      },
    });
    const { sections } = await client.homepage({ sections: [first] });
    expect(calls).toEqual([false, true]);
    expect(sections[first]?.status).not.toBe('failed');
  });

  it('asks for chosen fields by REST', async () => {
    const client = createHomepageClient({ url, fetch: fetchFrom(app) });
    const { sections } = await client.homepage({ sections: [first], fields: [`${first}.items.name`], limit: 2 });
    const result = sections[first];
    if (result === undefined || result.status === 'failed') throw new Error('failed');
    expect(result.data.items.map((item) => Object.keys(item))).toEqual([['name'], ['name']]);
  });

  it('says what is wrong with bad arguments', async () => {
    const client = createHomepageClient({ url, fetch: fetchFrom(app), transport: 'rest' });
    await expect(client.homepage({ limit: 99 })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      status: 400,
      retryable: false,
    });
  });

  it('falls back to the older endpoints when the page is switched off, with the same kind of result', async () => {
    const off = await buildTestApp(shop.uri, { clock, env: { ENABLE_BATCH_ENDPOINT: 'false' } });
    const client = createHomepageClient({
      url,
      fetch: fetchFrom(off),
      retry: { attempts: 0 },
      fallback: 'single-endpoints',
    });
    const { sections, source, requests } = await client.homepage({ limit: 3 });
    expect(source).toBe('single');
    const served = keys.filter((key) => homepageSections[key].path !== null);
    expect(requests).toBe(1 + served.length);
    const whole = await createHomepageClient({ url, fetch: fetchFrom(app) }).homepage({ limit: 3 });
    for (const key of keys.filter((one) => !served.includes(one))) {
      expect(sections[key]).toMatchObject({ status: 'failed', error: { code: 'NO_ENDPOINT', retryable: false } });
    }
    for (const key of served) {
      const [one, other] = [sections[key], whole.sections[key]];
      if (one?.status === 'failed' || other?.status === 'failed') throw new Error(`${key} failed`);
      expect({ ...one?.data, lastUpdated: '' }).toEqual({ ...other?.data, lastUpdated: '' });
    }
    await off.close();
  });
});

describe('over a server that answers as it is told', () => {
  afterEach(() => vi.useRealTimers());

  const section = { section: '', title: '', type: '', items: [], total: 0, hasMore: false, lastUpdated: '' };
  const page = (parts: Record<string, unknown>, errors: unknown[] = []) => ({
    status: 200,
    body: {
      data: {
        homepage: {
          ...parts,
          metadata: {
            sections: Object.keys(parts).map((key) => ({
              section: homepageSections[key as SectionKey].enumName,
              status: 'CACHED',
              ageMs: 5,
            })),
          },
        },
      },
      errors,
    },
  });
  const failed = (key: SectionKey, retryable: boolean) => ({
    message: 'Failed',
    extensions: { code: 'TIMEOUT_ERROR', section: homepageSections[key].id, retryable },
  });
  type Scripted = { status: number; body: unknown; headers?: Record<string, string> } | 'no answer' | 'never';

  function scripted(answers: Scripted[]) {
    const asked: { url: URL; body: string | undefined }[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      asked.push({ url: new URL(String(input)), body: init?.body?.toString() });
      const answer = answers.shift() ?? 'no answer';
      if (answer === 'no answer') return Promise.reject(new TypeError('fetch failed'));
      if (answer === 'never') {
        return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
      }
      const { status, body, headers = {} } = answer;
      return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
    };
    return { asked, fetch };
  }
  const sectionsAsked = ({ url: { searchParams } }: { url: URL }) =>
    (JSON.parse(searchParams.get('variables') ?? '{}') as { sections: string[] }).sections;

  it('sends the text once the hash is not known, and from then on', async () => {
    const unknown = {
      status: 400,
      body: { errors: [{ message: '', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] },
    };
    const { asked, fetch } = scripted([unknown, page({ [first]: section }), page({ [first]: section })]);
    const client = createHomepageClient({ url, fetch });
    for (let i = 0; i < 2; i++) await client.homepage({ sections: [first] });
    expect(asked.map(({ body }) => body?.includes('query Homepage'))).toEqual([undefined, true, true]);
  });

  it('asks again for the sections alone that may succeed later, and for no others', async () => {
    vi.useFakeTimers();
    const third = keys[2] as SectionKey;
    const { asked, fetch } = scripted([
      page({ [first]: section, [second]: null, [third]: null }, [failed(second, true), failed(third, false)]),
      page({ [second]: section }),
    ]);
    const result = createHomepageClient({ url, fetch, random: () => 0.5 }).homepage({
      sections: [first, second, third],
    });
    await vi.advanceTimersByTimeAsync(100);
    const { sections, requests } = await result;
    expect(sections).toMatchObject({
      [first]: { status: 'cached' },
      [second]: { status: 'cached' },
      [third]: { status: 'failed', error: { code: 'TIMEOUT_ERROR', retryable: false } },
    });
    expect(requests).toBe(2);
    expect(asked.slice(1).map(sectionsAsked)).toEqual([[homepageSections[second].enumName]]);
  });

  it('waits as long as the server says, and a little more, and not for what is too long', async () => {
    vi.useFakeTimers();
    const busy = (seconds: number) => ({ status: 503, body: {}, headers: { 'retry-after': String(seconds) } });
    const { asked, fetch } = scripted([busy(2), page({ [first]: section }), busy(60)]);
    const client = createHomepageClient({ url, fetch, random: () => 1 });
    const result = client.homepage({ sections: [first] });
    await vi.advanceTimersByTimeAsync(2499);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect((await result).sections[first]?.status).toBe('cached');
    await expect(client.homepage({ sections: [second] })).rejects.toMatchObject({ status: 503, retryable: true });
    expect(asked).toHaveLength(3);
  });

  it('gives up on a server that does not answer in time, each time', async () => {
    vi.useFakeTimers();
    const { asked, fetch } = scripted(['never', 'never']);
    const client = createHomepageClient({ url, fetch, timeoutMs: 1000, retry: { attempts: 1 }, random: () => 0 });
    const result = expect(client.homepage()).rejects.toMatchObject({ code: 'TIMEOUT', status: undefined });
    await vi.advanceTimersByTimeAsync(2100);
    await result;
    expect(asked).toHaveLength(2);
  });

  it('is one request for equal calls, which goes on while one of them waits', async () => {
    const { asked, fetch } = scripted(['never', page({ [first]: section })]);
    const client = createHomepageClient({ url, fetch });
    const controllers = [new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => client.homepage({ sections: [first], signal }));
    const left = calls.map((call) => expect(call).rejects.toThrow('left'));
    controllers[0]?.abort(new Error('left'));
    await left[0];
    expect(asked).toHaveLength(1);
    controllers[1]?.abort(new Error('left'));
    await left[1];
    expect((await client.homepage({ sections: [first] })).sections[first]?.status).toBe('cached');
    expect(asked).toHaveLength(2);
  });

  it('gives a stable part of the keys the page, the others the older endpoints, and tells both', async () => {
    const outcomes: HomepageOutcome[] = [];
    const sourceFor = async (key: string) => {
      const list = { status: 200, body: { success: true, data: [], total: 0, hasMore: false } };
      const { fetch } = scripted([list, list]);
      const client = createHomepageClient({
        ...{ url, fetch, retry: { attempts: 0 } },
        experiment: { share: 0.3, key },
        onResult: (outcome) => outcomes.push(outcome),
      });
      return client.homepage({ sections: [first] }).then(
        ({ source }) => source,
        () => 'page',
      );
    };
    const sources = await Promise.all(Array.from({ length: 2000 }, (_, index) => sourceFor(`user-${index}`)));
    const share = sources.filter((source) => source === 'page').length / sources.length;
    expect(share).toBeGreaterThan(0.26);
    expect(share).toBeLessThan(0.34);
    expect(await sourceFor('user-7')).toBe(sources[7]);
    expect(outcomes.filter(({ source }) => source === 'single')).toHaveLength(
      [...sources, sources[7]].filter((source) => source === 'single').length,
    );
  });
});
