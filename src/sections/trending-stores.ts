import { standardPolicy } from '../core/cache-policy.js';
import { defineSection } from './define-section.js';
import { storeItem } from './items/store.js';
import { pageNearby } from './nearby.js';

export const trendingStores = defineSection({
  id: 'trending_stores',
  title: 'Trending Stores',
  type: 'stores',
  item: storeItem,
  scope: 'public',
  located: { radiusKm: 50 },
  dependsOn: ['stores', 'categories'],
  cache: standardPolicy,
  // index: stores.featured_rating
  load: ({ stores, limit, near, read }) =>
    pageNearby(
      stores,
      {
        filter: { featured: true, isActive: true },
        sort: { rating: -1, views: -1 },
        select: storeItem.select,
        limit,
        ...read,
      },
      near,
    ),
});
