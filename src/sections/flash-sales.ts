import { trusted } from 'mongoose';
import { standardPolicy } from '../core/cache-policy.js';
import { defineSection } from './define-section.js';
import { offerItem } from './items/offer.js';

export const flashSales = defineSection({
  id: 'flashSales',
  title: 'Flash Sales',
  type: 'offers',
  item: offerItem,
  scope: 'public',
  endsWith: 'validity',
  dependsOn: ['offers', 'stores', 'categories'],
  cache: standardPolicy,
  // index: offers.flash_sale_price
  load: ({ offers: source, now, limit, read }) =>
    source.page({
      filter: { 'metadata.flashSale.isActive': true, isActive: true, validity: trusted({ $gte: now }) },
      sort: { 'metadata.flashSale.salePrice': 1 },
      select: offerItem.select,
      limit,
      ...read,
    }),
});
