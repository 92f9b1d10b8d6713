import { trusted } from 'mongoose';
import { standardPolicy } from '../core/cache-policy.js';
import { defineSection } from './define-section.js';
import { productItem } from './items/product.js';

export const newArrivals = defineSection({
  id: 'newArrivals',
  title: 'New Arrivals',
  type: 'products',
  item: productItem,
  scope: 'public',
  dependsOn: ['products', 'stores', 'categories'],
  cache: standardPolicy,
  // index: products.active_newest
  load: ({ products, limit, read }) =>
    products.page({
      filter: { isActive: true, 'inventory.stock': trusted({ $gt: 0 }) },
      sort: { createdAt: -1 },
      select: productItem.select,
      limit,
      ...read,
    }),
});
