import { describe, expect, it } from 'vitest';
import { graphqlContent, restContent } from '../../../src/http/hooks/etag-content.js';

const section = (lastUpdated: string, salePrice: number) => ({
  id: 'flashSales',
  items: [{ id: '1', metadata: { flashSale: { salePrice } }, lastUpdated: salePrice }],
  total: 1,
  lastUpdated,
});
const rest = (lastUpdated: string, salePrice: number, views = 1) =>
  restContent({
    sections: { flashSales: section(lastUpdated, salePrice), events: null },
    errors: [],
    analytics: { views },
  });
const graphql = (data: unknown) => graphqlContent(JSON.stringify({ data }));

describe('the content of an answer', () => {
  it('is the same when it was read once more', () => {
    expect(rest('2026-01-01', 5)).toEqual(rest('2026-01-02', 5));
    const page = (timestamp: string) => ({
      homepage: { flashSales: section(timestamp, 5), metadata: { timestamp, sections: [] } },
      offers: section(timestamp, 5),
    });
    expect(graphql(page('2026-01-01'))).toEqual(graphql(page('2026-01-02')));
  });

  it('is another one when a price has changed, although items call it `metadata`, too', () => {
    expect(rest('2026-01-01', 5)).not.toEqual(rest('2026-01-01', 6));
    const page = (price: number) => ({ homepage: { flashSales: section('2026-01-01', price) } });
    expect(graphql(page(5))).not.toEqual(graphql(page(6)));
  });

  it('is another one when a section that a client calls `metadata` has changed, or its analytics', () => {
    const page = (price: number) => ({ homepage: { metadata: section('2026-01-01', price) } });
    expect(graphql(page(5))).not.toEqual(graphql(page(6)));
    expect(rest('2026-01-01', 5, 1)).not.toEqual(rest('2026-01-01', 5, 2));
  });
});
