import type { Section } from '../../sections/define-section.js';
import { events } from '../../sections/events.js';
import { flashSales } from '../../sections/flash-sales.js';
import { justForYou } from '../../sections/just-for-you.js';
import { newArrivals } from '../../sections/new-arrivals.js';
import { offers } from '../../sections/offers.js';
import { trendingStores } from '../../sections/trending-stores.js';

/** A list that clients asked for by itself before there was a page. */
export interface OlderList {
  /** The REST endpoint, which is served under `/api/v1` too. */
  path: `/${string}`;
  /** The persisted operation that the endpoint executes. */
  operation: string;
  /** The query field that the operation selects. */
  field: string;
  description: string;
  /** What it serves. A section that a location narrows gives the list the argument `location`. */
  section: Section;
  /** Whether signed-in users get what anonymous ones get. */
  anonymous?: true;
  /** What it serves instead with the argument `flashSale`; the endpoint then takes `featured`, for the other one, as well. */
  flashSale?: Section;
}

/** The older lists: query fields, persisted operations and REST endpoints follow from this table. */
export const olderLists: readonly OlderList[] = [
  {
    path: '/products/featured',
    operation: 'FeaturedProducts',
    field: 'featuredProducts',
    description: 'Featured products, the same for everybody.',
    section: justForYou,
    anonymous: true,
  },
  {
    path: '/products/new-arrivals',
    operation: 'NewArrivals',
    field: 'newArrivals',
    description: 'Newest products.',
    section: newArrivals,
  },
  {
    path: '/stores/featured',
    operation: 'FeaturedStores',
    field: 'featuredStores',
    description: 'Featured stores.',
    section: trendingStores,
  },
  {
    path: '/events/featured',
    operation: 'FeaturedEvents',
    field: 'featuredEvents',
    description: 'Featured events to come.',
    section: events,
  },
  {
    path: '/offers',
    operation: 'Offers',
    field: 'offers',
    description: 'Featured offers, or flash sales.',
    section: offers,
    flashSale: flashSales,
  },
];
