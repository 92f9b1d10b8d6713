import { describe, expect, it } from 'vitest';
import { roundedPoint } from '../../src/page/argument-ranges.js';
import { type PageKey, pageKey } from '../../src/page/page-key.js';
import type { Location, Section } from '../../src/sections/define-section.js';
import { registry } from '../../src/sections/registry.js';

const byId = (...ids: string[]) => registry.filter(({ id }) => ids.includes(id));
const key = (page: Partial<PageKey>) => pageKey({ sections: registry, registry, limit: 10, ...page });

describe('page key', () => {
  it('is short for default parameters', () => {
    expect(key({})).toBe('homepage:anonymous:v1');
    expect(key({ viewer: { userId: '507f1f77bcf86cd799439011' } })).toBe('homepage:507f1f77bcf86cd799439011:v1');
  });

  it('appends what differs, in one order', () => {
    const page = {
      limit: 15,
      sections: byId('events', 'trending_stores'),
      near: roundedPoint(55.2708, 25.2048, 20),
      analytics: true,
      fallback: 'empty' as const,
      fields: ['events.items.title'],
    };
    expect(key(page)).toBe(
      'homepage:anonymous:v1:fallback=empty:fields=events.items.title:includeAnalytics=true:limit=15:location=55.27,25.2:radiusKm=20:sections=trending_stores,events',
    );
  });

  it('leaves out a location that no section asked for can use', () => {
    expect(key({ sections: byId('offers'), near: roundedPoint(1, 2) })).toBe('homepage:anonymous:v1:sections=offers');
  });

  it('leaves out a radius that each section asked for would use anyway', () => {
    const located = registry.filter((section) => section.located !== undefined);
    for (const section of located) {
      const own = section.located?.radiusKm ?? 0;
      const of = (near: Location, ...others: Section[]) => key({ sections: [section, ...others], near });
      expect(of(roundedPoint(1, 2, own))).toBe(of(roundedPoint(1, 2)));
      expect(of(roundedPoint(1, 2, own + 1))).not.toBe(of(roundedPoint(1, 2)));
      const wider = { ...section, id: 'wider', located: { radiusKm: own + 1 } };
      expect(of(roundedPoint(1, 2, own), wider), 'one radius for both is not the own one of each').not.toBe(
        of(roundedPoint(1, 2), wider),
      );
    }
  });

  it('knows one spelling of a place', () => {
    expect(roundedPoint(-0.001, -0.004)).toEqual({ lng: 0, lat: 0 });
    expect(Object.is(roundedPoint(-0.001, 0).lng, 0)).toBe(true);
    expect(roundedPoint(-180, 0)).toEqual(roundedPoint(180, 0));
    expect(roundedPoint(1, 2, 7.4999)).toEqual(roundedPoint(1, 2, 7));
  });
});
