import { expect, test } from 'vitest';
import { errorOf, openScene } from '../support/servers/embedded-mongodb.js';

const scene = await openScene('geo');
const EARTH_KM = 6378.1;

const places = [
  { name: 'Brandenburg Gate', location: { type: 'Point', coordinates: [13.3777, 52.5163] } },
  { name: 'Potsdam', location: { type: 'Point', coordinates: [13.0645, 52.3906] } },
  { name: 'Hamburg', location: { type: 'Point', coordinates: [9.9937, 53.5511] } },
  { name: 'legacy pair', location: [13.4, 52.5] },
  { name: 'nowhere' },
  { name: 'null', location: null },
];

async function within(lng: number, lat: number, km: number, documents: object[] = places): Promise<string[]> {
  const collection = scene.collection();
  await collection.createIndex({ location: '2dsphere' });
  await collection.insertMany(documents.map((document) => ({ ...document })));
  const found = await collection
    .find({ location: { $geoWithin: { $centerSphere: [[lng, lat], km / EARTH_KM] } } })
    .toArray();
  return found.map(({ name }) => name).sort();
}

test('finds the points within a radius', async () => {
  expect(await within(13.405, 52.52, 10)).toEqual(['Brandenburg Gate', 'legacy pair']);
  expect(await within(13.405, 52.52, 50)).toEqual(['Brandenburg Gate', 'Potsdam', 'legacy pair']);
  expect(await within(13.405, 52.52, 300)).toEqual(['Brandenburg Gate', 'Hamburg', 'Potsdam', 'legacy pair']);
});

test('is exact to the tenth of a kilometre', async () => {
  // By the haversine formula the Gate is 1.90 km from there, and the pair 2.25 km.
  expect(await within(13.405, 52.52, 1.85)).toEqual([]);
  expect(await within(13.405, 52.52, 1.95)).toEqual(['Brandenburg Gate']);
  expect(await within(13.405, 52.52, 2.3)).toEqual(['Brandenburg Gate', 'legacy pair']);
});

test('measures across the date line and at the poles', async () => {
  const far = [
    { name: 'west', location: { type: 'Point', coordinates: [179.95, 0] } },
    { name: 'east', location: { type: 'Point', coordinates: [-179.95, 0] } },
    { name: 'pole', location: { type: 'Point', coordinates: [77, 89.99] } },
  ];
  expect(await within(180, 0, 20, far)).toEqual(['east', 'west']);
  expect(await within(-120, 89.99, 20, far)).toEqual(['pole']);
});

test('a 2dsphere index refuses a point without place', async () => {
  const collection = scene.collection();
  await collection.createIndex({ location: '2dsphere' });
  expect((await errorOf(collection.insertOne({ location: { type: 'Point' } }))).code).toBe(16755);
  expect((await errorOf(collection.insertOne({ location: { type: 'Point', coordinates: [200, 95] } }))).code).toBe(
    16755,
  );
});

test('refuses a circle that is none', async () => {
  const collection = scene.collection();
  for (const circle of [[[0, 0]], [[0, 0], -1], [[0, 95], 1], 'x']) {
    const query = { location: { $geoWithin: { $centerSphere: circle } } };
    expect((await errorOf(collection.find(query as never).toArray())).code).toBe(2);
  }
});
