import fc from 'fast-check';
import { print } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HomepageDocument } from '../../src/graphql/generated/graphql.js';
import { enumNameOf } from '../../src/graphql/schema/section-id.js';
import { registry } from '../../src/sections/registry.js';
import { bearer, buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const clock = createFakeClock();
const HOMEPAGE = print(HomepageDocument);
/** Of GraphQL, by section id. */
const enumNames: Readonly<Record<string, string>> = Object.fromEntries(
  registry.map((section) => [section.id, enumNameOf(section)]),
);
let shop: Shop;
let app: TestApp;
let userId: string;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 100 });
  app = await buildTestApp(shop.uri, { clock });
  userId = String((await shop.db.collection('recommendations').findOne())?.['userId']);
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

const parameters = fc.record(
  {
    limit: fc.integer({ min: 1, max: 20 }),
    sections: fc.subarray([...registry], { minLength: 1 }),
    location: fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true })),
    near: fc.constantFrom([-0.12, 51.5], [55.27, 25.2], [13.4, 52.5]),
    fresh: fc.boolean(),
    signedIn: fc.boolean(),
    spelling: fc.constantFrom('key', 'snakeCase'),
  },
  { requiredKeys: ['spelling'] },
);

describe('REST and GraphQL', () => {
  it('answer the same data for 200 random parameter sets', async () => {
    await fc.assert(
      fc.asyncProperty(parameters, async ({ limit, sections, location, near, fresh, signedIn, spelling }) => {
        const headers = signedIn ? await bearer(userId, clock) : {};
        const point = near ?? location?.map((degrees) => Number(degrees.toFixed(6)));
        const search = new URLSearchParams({
          ...(limit === undefined ? {} : { limit: String(limit) }),
          ...(sections === undefined
            ? {}
            : { sections: sections.map((section) => section[spelling as 'key']).join(',') }),
          ...(point === undefined ? {} : { location: point.map((degrees) => degrees.toFixed(6)).join(',') }),
          ...(fresh === undefined ? {} : { fresh: String(fresh) }),
        });
        const [rest, graphql] = await Promise.all([
          app.get(`/api/v1/homepage?${search}`, headers),
          app.graphql(
            HOMEPAGE,
            {
              ...(limit === undefined ? {} : { limit }),
              ...(sections === undefined ? {} : { sections: sections.map(({ id }) => enumNames[id]) }),
              ...(point === undefined ? {} : { location: { lng: point[0], lat: point[1] }, located: true }),
              ...(fresh === undefined ? {} : { fresh }),
            },
            headers,
          ),
        ]);
        expect(rest.status).toBe(200);
        expect(graphql.body.errors).toBeUndefined();
        const { metadata, ...page } = graphql.body.data?.['homepage'] ?? {};
        const asked = sections ?? registry;
        const inGraphql = Object.entries(rest.body.data.sections).map(([key, section]) => {
          const { id = '', ...values } = section ?? {};
          return [key, { section: enumNames[id], ...values }];
        });
        expect(Object.fromEntries(inGraphql)).toEqual(Object.fromEntries(asked.map(({ key }) => [key, page[key]])));
        for (const { key } of registry) if (!asked.some((section) => section.key === key)) expect(page[key]).toBeNull();
        const { userId: restUser = null, sections: statuses, ...restMetadata } = rest.body.data.metadata;
        const statusesInGraphql = statuses.map(({ section, ...status }) => ({
          section: enumNames[section],
          ...status,
        }));
        expect({ ...restMetadata, userId: restUser, sections: statusesInGraphql }).toEqual(metadata);
      }),
      { numRuns: 200 },
    );
  }, 120_000);
});
