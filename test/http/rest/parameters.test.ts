import fc from 'fast-check';
import { GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { AppError, ValidationErrors } from '../../../src/core/errors.js';
import { createOperations } from '../../../src/graphql/operations/operations.js';
import { createSchema } from '../../../src/graphql/schema/build-schema.js';
import { failureEnvelope, fromGraphqlErrors, toEnvelopeErrors } from '../../../src/http/rest/envelope.js';
import { createHomepageParameters } from '../../../src/http/rest/homepage-parameters.js';
import { createSparseFields } from '../../../src/http/rest/sparse-fields.js';
import { registry } from '../../../src/sections/registry.js';
import { sectionIds } from '../../support/data/sections.js';

const operation = createOperations(createSchema(registry), registry).get('Homepage') ?? parse('{ __typename }');
const sparseFields = createSparseFields({ operation, registry });
const read = createHomepageParameters({ registry, sparseFields });

function faultsOf(search: string): string[] {
  try {
    read(search);
  } catch (error) {
    if (error instanceof ValidationErrors) return error.faults.map(({ message }) => message);
    throw error;
  }
  return [];
}

const sectionsOf = (search: string) => read(search).sections.map(({ id }) => id);
const pathsOf = (search: string) => read(search).fields?.paths;

describe('homepage parameters', () => {
  it('has the documented defaults', () => {
    expect(read('')).toMatchObject({ limit: 10, fresh: false, includeAnalytics: false, fallback: 'null' });
    expect(sectionsOf('')).toEqual(sectionIds);
  });

  it.each(['limit=20', 'limit=1', 'limit=010', 'fresh=1', 'fresh=false', 'includeAnalytics=0', 'fallback=empty'])(
    'takes %s',
    (search) => {
      expect(faultsOf(search)).toEqual([]);
    },
  );

  it.each([
    'limit=0',
    'limit=21',
    'limit=-1',
    'limit=1.5',
    'limit=1e1',
    'limit=0x5',
    'limit=%2B5',
    'limit= 5',
    'limit=99999999999999999999999',
    'limit=',
    'limit',
    'limit=5&limit=5',
    'location=1&location=2',
    'limit[$gt]=1',
    'limit[]=5',
    'fresh=yes',
    'fresh=TRUE',
    'fresh=',
    'includeAnalytics=on',
    'fallback=none',
    'location=1',
    'location=1,2,3',
    'location=181,0',
    'location=0,91',
    'location=a,b',
    'location=1, 2',
    'location=1e1,2',
    'location=NaN,NaN',
    'location=,',
    'userId=123',
    'userId=507f1f77bcf86cd79943901g',
    'userId[$ne]=507f1f77bcf86cd799439011',
    'sections=',
    'sections=offers,',
    'sections=nope',
    'sections=__proto__',
    'sections=Offers',
    'sections[]=offers',
    'fields=',
    'fields=offers.items.nope',
    'fields=metadata.ttl',
    'fields=offers.items.name.deeper',
    'fields=offers.__proto__',
    'fields=constructor',
  ])('refuses %s', (search) => {
    expect(faultsOf(search)).toHaveLength(1);
    expect(faultsOf(search)[0]).toContain('allowed: ');
  });

  it('ignores names that it does not know, whatever they hold', () => {
    expect(read('utm_source=x&__proto__=1&constructor=2&a[b]=c&limit2=99')).toEqual(read(''));
  });

  it('reports every bad parameter at once, with what is allowed and the nearest name', () => {
    expect(faultsOf('limit=50&sections=evnts,offers&fresh=maybe&fallback=emty&fields=offers.items.titel')).toEqual([
      'limit: "50" is not allowed; allowed: an integer from 1 to 20',
      'fresh: "maybe" is not allowed; allowed: true, false, 1, 0',
      `sections: "evnts" is unknown (did you mean "events"?); allowed: ${sectionIds.join(', ')}`,
      'fields: "offers.items.titel" is unknown (did you mean "offers.items.title"?); allowed: section.field paths such as justForYou.items.name',
      'fallback: "emty" is not allowed (did you mean "empty"?); allowed: null, empty',
    ]);
  });

  it('takes both spellings of every section, in any order, and several times', () => {
    const backwards = [...registry].reverse();
    const keys = backwards.map(({ key }) => key);
    const snakeCase = backwards.map((section) => section.snakeCase);
    for (const names of [keys, snakeCase, [...keys, ...snakeCase]]) {
      expect(sectionsOf(`sections=${names.join(',')}`)).toEqual(sectionIds);
      expect(sectionsOf(names.map((name) => `sections=${name}`).join('&'))).toEqual(sectionIds);
    }
    expect(sectionsOf('sections=trendingStores,just_for_you')).toEqual(['justForYou', 'trending_stores']);
  });

  it('rounds the location to two decimals', () => {
    expect(read('location=55.270813,25.204849').near).toEqual({ lng: 55.27, lat: 25.2 });
  });

  it('never throws anything but a list of faults', () => {
    const name = fc.constantFrom(
      'limit',
      'sections',
      'fields',
      'location',
      'fresh',
      'userId',
      'fallback',
      'limit[$gt]',
      '',
    );
    const pair = fc
      .tuple(name, fc.string({ unit: 'binary' }))
      .map(([key, value]) => `${key}=${new URLSearchParams({ value }).toString().slice('value='.length)}`);
    fc.assert(
      fc.property(fc.array(pair), fc.string(), (pairs, tail) => {
        faultsOf([...pairs, tail].join('&'));
      }),
    );
  });
});

describe('what a bad query string costs', () => {
  function refusal(search: string) {
    try {
      read(search);
    } catch (error) {
      if (!(error instanceof ValidationErrors)) throw error;
      const bytes = JSON.stringify(failureEnvelope(error.message, toEnvelopeErrors(error))).length;
      return { bytes, messages: error.faults.map(({ message }) => message) };
    }
    throw new Error('nothing is wrong with it');
  }
  const many = (count: number, one: (index: number) => string, separator: string) =>
    Array.from({ length: count }, (_, index) => one(index)).join(separator);

  it('says a repeated word once', () => {
    expect(refusal(`fields=${many(7500, () => 'a', ',')}`).messages).toEqual([
      'fields: "a" is unknown; allowed: section.field paths such as justForYou.items.name',
    ]);
  });

  it.each([
    ['one word', `fields=${many(7500, () => 'a', ',')}`],
    ['many words', `fields=${many(4000, (index) => index.toString(36), ',')}`],
    ['many long words', `fields=${many(150, (index) => `${index}${'x'.repeat(100)}`, ',')}`],
    ['near misses', `fields=${many(600, (index) => `offers.items.title${index}`, ',')}`],
    ['many values', many(2000, (index) => `sections=${index}`, '&')],
    ['many brackets', many(1500, (index) => `limit[${index}]=`, '&')],
    ['one long bracket', `limit[${'x'.repeat(15_000)}]=1`],
  ])('stays small for %s', (_, search) => {
    expect(refusal(search).bytes).toBeLessThan(10_000);
  });

  it('looks for what may have been meant for ten words at most, whatever their number', () => {
    let looks = 0;
    const paths = new Proxy(sparseFields.paths, {
      get: (target, key) => {
        if (/^\d+$/.test(String(key))) looks += 1;
        return Reflect.get(target, key);
      },
    });
    const readCounted = createHomepageParameters({ registry, sparseFields: { ...sparseFields, paths } });
    looks = 0;
    expect(() => readCounted('fields=offers.items.titel')).toThrow('offers.items.title');
    const once = looks;
    expect(once).toBeGreaterThanOrEqual(paths.length);
    looks = 0;
    expect(() => readCounted(`fields=${many(4000, (index) => `offers.x${index}`, ',')}`)).toThrow('and 3990 more');
    expect(looks).toBe(10 * once);
  });

  it('names the first ten, and how many there are', () => {
    const { messages } = refusal(`sections=${many(12, (index) => `x${index}`, ',')}`);
    expect(messages).toHaveLength(11);
    expect(messages.at(-1)).toBe(`sections: ... and 2 more; allowed: ${sectionIds.join(', ')}`);
  });
});

describe("a page's errors", () => {
  const failed = (section?: string) =>
    new GraphQLError('failed', {
      originalError: new AppError('SECTION_FETCH_ERROR', 'failed', section === undefined ? {} : { section }),
    });

  it("come in the page's order, not in that of failing; those of no section last", () => {
    const errors = [failed(), failed('offers'), failed('justForYou'), failed('events')];
    const sections = (order?: string[]) => fromGraphqlErrors(errors, order).map(({ section }) => section);
    expect(sections(['justForYou', 'events', 'offers'])).toEqual(['justForYou', 'events', 'offers', undefined]);
    expect(sections()).toEqual([undefined, 'offers', 'justForYou', 'events']);
  });
});

describe('sparse fields', () => {
  it('asks for the sections that the fields name when no sections are given', () => {
    expect(sectionsOf('fields=offers.items.title,trendingStores.total')).toEqual(['trending_stores', 'offers']);
  });

  it('refuses a field of a section that was not asked for', () => {
    expect(faultsOf('sections=events&fields=offers.items.title')).toEqual([
      'fields: names fields of offers, which "sections" does not ask for; allowed: fields of events',
    ]);
  });

  it('has one spelling for each selection', () => {
    const spellings = [
      'fields=offers.items.title,offers.items.id,offers.total',
      'fields=offers.total,offers.items.id&fields=offers.items.title',
      'fields=offers.total,offers.total,offers.items.id,offers.items.title',
    ];
    for (const search of spellings) {
      expect(pathsOf(search)).toEqual(['offers.items.id', 'offers.items.title', 'offers.total']);
    }
    expect(pathsOf('fields=offers.items,offers.items.title')).toEqual(['offers.items']);
    expect(
      pathsOf(
        'fields=offers.items.store.id,offers.items.store.name,offers.items.store.logo,offers.items.store.image,offers.items.store.rating',
      ),
    ).toEqual(['offers.items.store']);
  });

  it('is no selection at all when it covers what was asked for', () => {
    expect(pathsOf('fields=offers')).toBeUndefined();
    expect(pathsOf('sections=offers&fields=offers,offers.items.title')).toBeUndefined();
  });

  it('leaves the other asked-for sections whole', () => {
    expect(pathsOf('sections=events,offers&fields=offers.total')).toEqual(['events', 'offers.total']);
  });
});
