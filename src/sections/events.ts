import { trusted } from 'mongoose';
import { standardPolicy } from '../core/cache-policy.js';
import { defineSection } from './define-section.js';
import { eventItem } from './items/event.js';
import { pageNearby } from './nearby.js';

export const events = defineSection({
  id: 'events',
  title: 'Events',
  type: 'events',
  item: eventItem,
  scope: 'public',
  located: { radiusKm: 50 },
  endsWith: 'date',
  dependsOn: ['events', 'categories'],
  cache: standardPolicy,
  // index: events.featured_date
  load: ({ events: source, now, limit, near, read }) =>
    pageNearby(
      source,
      {
        filter: { featured: true, isActive: true, date: trusted({ $gte: now }) },
        sort: { date: 1, views: -1 },
        select: eventItem.select,
        limit,
        ...read,
      },
      near,
    ),
});
