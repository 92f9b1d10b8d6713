import { ApolloClient, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FeaturedProductsDocument, HomepageDocument } from '../../src/graphql/generated/graphql.js';
import { bearer, buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { fetchFrom } from '../support/app/fetch-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const url = 'http://gateway.test/graphql';
const clock = createFakeClock();
let shop: Shop;
let app: TestApp;
let tokens: { authorization: string }[];
let location: { lng: number; lat: number };

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 100 });
  app = await buildTestApp(shop.uri, { clock });
  const users = await shop.db.collection('recommendations').find().limit(2).toArray();
  tokens = await Promise.all(users.map(({ userId }) => bearer(String(userId), clock)));
  const store = await shop.db.collection('stores').findOne({ featured: true });
  if (store === null) throw new TypeError('the shop has no featured store');
  const [lng, lat] = store['location'].coordinates;
  location = { lng, lat };
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

/** A client with a cache of its own, through which every query of a test goes. */
interface NormalisingClient {
  ask(document: Query, variables: Variables, headers?: Record<string, string>): Promise<unknown>;
  /** What its cache holds of a query; null unless it holds all of it. */
  cached(document: Query, variables: Variables): unknown;
}
type Variables = Record<string, unknown>;
type Query = TypedDocumentNode<unknown, Variables>;

function apollo(): NormalisingClient {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: url, fetch: fetchFrom(app) }),
  });
  return {
    ask: async (query, variables, headers = {}) => {
      const { data } = await client.query({ query, variables, context: { headers }, fetchPolicy: 'network-only' });
      return structuredClone(data);
    },
    cached: (query, variables) => client.readQuery({ query, variables }),
  };
}

function urql(): NormalisingClient {
  const client = new Client({
    url,
    exchanges: [cacheExchange({ logger: () => undefined }), fetchExchange],
    fetch: fetchFrom(app),
    preferGetMethod: false,
  });
  return {
    ask: async (query, variables, headers = {}) => {
      const options = { fetchOptions: { headers }, requestPolicy: 'network-only' } as const;
      const { data, error } = await client.query(query, variables, options).toPromise();
      if (error !== undefined) throw error;
      return structuredClone(data);
    },
    cached: (query, variables) => client.readQuery(query, variables)?.data ?? null,
  };
}

describe.each([
  ['Apollo Client', apollo],
  ['urql with its normalised cache', urql],
])('%s reads back what it was answered', (_, createClient) => {
  it('after a query with another limit and a location', async () => {
    const client = createClient();
    const whole = { limit: 5 };
    const first = await client.ask(HomepageDocument, whole);
    await client.ask(HomepageDocument, { limit: 1, location, located: true });
    expect(client.cached(HomepageDocument, whole)).toEqual(first);
  });

  it("after another user's page", async () => {
    const client = createClient();
    const [one, other] = tokens;
    const first = await client.ask(HomepageDocument, { limit: 5 }, one);
    await client.ask(HomepageDocument, { limit: 1 }, other);
    expect(client.cached(HomepageDocument, { limit: 5 })).toEqual(first);
  });

  it('of the public list, beside a personal one of the same type', async () => {
    const client = createClient();
    const list = await client.ask(FeaturedProductsDocument, {});
    const page = await client.ask(HomepageDocument, {}, tokens[0]);
    expect(client.cached(FeaturedProductsDocument, {})).toEqual(list);
    expect(client.cached(HomepageDocument, {})).toEqual(page);
  });
});
