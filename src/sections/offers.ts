import { trusted } from 'mongoose';
import { standardPolicy } from '../core/cache-policy.js';
import { defineSection } from './define-section.js';
import { offerItem } from './items/offer.js';

export const offers = defineSection({
  id: 'offers',
  title: 'Offers',
  type: 'offers',
  item: offerItem,
  scope: 'public',
  endsWith: 'validity',
  dependsOn: ['offers', 'stores', 'categories'],
  cache: standardPolicy,
  // index: offers.featured_newest
  load: ({ offers: source, now, limit, read }) =>
    source.page({
      filter: { featured: true, isActive: true, validity: trusted({ $gte: now }) },
      sort: { createdAt: -1 },
      select: offerItem.select,
      limit,
      ...read,
    }),
});
