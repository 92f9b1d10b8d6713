import type { Section } from './define-section.js';
import { events } from './events.js';
import { flashSales } from './flash-sales.js';
import { justForYou } from './just-for-you.js';
import { newArrivals } from './new-arrivals.js';
import { offers } from './offers.js';
import { trendingStores } from './trending-stores.js';

/** The page, in its order: everything that clients can ask for by a section's name follows from this list. */
export const registry: readonly Section[] = [justForYou, newArrivals, trendingStores, events, offers, flashSales];
