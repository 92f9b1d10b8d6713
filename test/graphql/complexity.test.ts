import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { registry } from '../../src/sections/registry.js';
import { buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { everySection, sectionLike } from '../support/data/sections.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const clock = createFakeClock();
const sections = registry.length;
const all = everySection('{ total }');
const wholePage = `homepage(limit: 20) { ${all} }`;
const twoPages = 2 * 20 * sections;
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 50 });
  app = await buildTestApp(shop.uri, { clock });
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

describe('complexity', () => {
  it('lets two whole pages of the largest limit pass', async () => {
    const { status, body } = await app.graphql(`{ a: ${wholePage} b: ${wholePage} }`);
    expect([status, body.errors]).toEqual([200, undefined]);
  });

  it('refuses more before anything is executed, and names the limit', async () => {
    app.commands.length = 0;
    const { status, body } = await app.graphql(`{ a: ${wholePage} b: ${wholePage} offers(limit: 1) { total } }`);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toBe(
      `The operation asks for ${twoPages + 1} items, at most ${twoPages} are allowed`,
    );
    expect(app.commands).toEqual([]);
  });

  it('counts items that variables ask for', async () => {
    const lists = Array.from({ length: 2 * sections + 1 }, (_, index) => `l${index}: offers(limit: $n) { total }`);
    const query = `query ($n: Int) { ${lists.join(' ')} }`;
    const most = Math.floor(twoPages / lists.length);
    expect((await app.graphql(query, { n: most })).status).toBe(200);
    expect((await app.graphql(query, { n: most + 1 })).status).toBe(400);
  });
});

describe('complexity counts what is loaded', () => {
  /** The items that an operation asks for, as the refusal of it beside two whole pages and one item says. */
  async function cost(fields: string, definitions = '', variables = {}): Promise<number> {
    const over = `over1: ${wholePage} over2: ${wholePage} over3: offers(limit: 1) { total }`;
    const head = definitions.startsWith('(') ? `query ${definitions.slice(0, definitions.indexOf(')') + 1)}` : 'query';
    const fragments = definitions.slice(definitions.indexOf(')') + 1);
    const { body } = await app.graphql(`${head} { ${fields} ${over} } ${fragments}`, variables);
    return Number(/asks for (-?\d+) items/.exec(body.errors?.[0]?.message ?? '')?.[1]) - (twoPages + 1);
  }

  it.each([
    ['a negative limit as the least', `homepage(limit: -1000) { ${all} }`, sections],
    ['a list of a negative limit as the least', 'offers(limit: -1000) { total }', 1],
    ['a limit out of range as the largest', `homepage(limit: 2000000000) { ${all} }`, 20 * sections],
    ['null as the default', 'homepage(limit: null) { events { total } }', 10],
    ['only sections that are asked for', `homepage(sections: [EVENTS], limit: 20) { ${all} }`, 20],
    ['only sections that are selected', 'homepage(sections: [EVENTS, OFFERS], limit: 20) { events { total } }', 20],
    ['no sections as nothing', `homepage(sections: [], limit: 20) { ${all} }`, 0],
    ['null as all sections', `homepage(sections: null, limit: 1) { ${all} }`, sections],
    ['a section once, whatever its aliases', 'homepage(limit: 7) { events { hasMore } a: events { total } }', 7],
    ['a page for each alias', 'homepage(limit: 7) { events { total } } a: homepage(limit: 7) { events { total } }', 14],
    [
      'merged pages once',
      'homepage(limit: 7) { events { total } } homepage(limit: 7) { events { total } offers { total } }',
      14,
    ],
    ['merged lists once', 'offers(limit: 7) { hasMore } offers(limit: 7) { total } a: offers(limit: 7) { total }', 14],
    [
      'nothing that is skipped',
      'homepage { events @skip(if: true) { total } ... @include(if: false) { offers { total } } }',
      0,
    ],
  ])('%s', async (_, fields, items) => {
    expect(await cost(fields)).toBe(items);
  });

  it('through fragments and variables', async () => {
    const fragments = ['A', 'B', 'C'].map((name) => `fragment ${name} on Homepage { ${all} }`).join(' ');
    expect(await cost('homepage(limit: 20) { ...A ...B ...C }', fragments)).toBe(20 * sections);
    const onQuery = ['A', 'B', 'C'].map((name) => `fragment ${name} on Query { homepage { ${all} } }`).join(' ');
    expect(await cost('...A ...B ...C', onQuery)).toBe(10 * sections);
    const page = `homepage(sections: $s, limit: $n) { ${all} }`;
    expect(await cost(page, '($s: [SectionId!], $n: Int)', { s: ['EVENTS'], n: 5 })).toBe(5);
  });

  it('so that a negative limit opens no door', async () => {
    const pages = ['a', 'b', 'c'].map((alias) => `${alias}: ${wholePage}`);
    app.commands.length = 0;
    const { status } = await app.graphql(`{ ${pages.join(' ')} x: homepage(limit: -10000) { ${all} } }`);
    expect([status, app.commands]).toEqual([400, []]);
  });
});

describe('a page of another number of sections', () => {
  it.each([
    ['one section fewer', registry.slice(0, -1)],
    ['one section more', [...registry, ...registry.slice(0, 1).map((section) => sectionLike(section, 'one_more'))]],
  ])('with %s costs one request, by REST and by GraphQL, and passes twice', async (_, page) => {
    const other = await buildTestApp(shop.uri, { clock, registry: page, env: { RATE_LIMIT_MAX: '4' } });
    onTestFinished(() => other.close());
    const whole = `homepage(limit: 20) { ${everySection('{ total }', page)} }`;
    expect((await other.get('/api/v1/homepage?limit=20')).status).toBe(200);
    expect((await other.graphql(`{ ${whole} }`)).status).toBe(200);
    expect((await other.graphql(`{ a: ${whole} b: ${whole} }`)).status).toBe(200);
    // One, one and two are the four that are allowed.
    expect((await other.get('/api/v1/homepage')).status).toBe(429);
    await clock.advance(120_000);
    expect((await other.graphql(`{ a: ${whole} b: ${whole} offers(limit: 1) { total } }`)).status).toBe(400);
  });
});
