/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** A point, and how far around it to look. The point is rounded to two decimals. */
export type GeoPointInput = {
  /** Latitude in degrees, -90 to 90. */
  lat: number;
  /** Longitude in degrees, -180 to 180. */
  lng: number;
  /** Kilometres, 1 to 500, rounded to whole ones; each section's own when left out. */
  radiusKm?: number | null | undefined;
};

/** The sections of the page. */
export type SectionId =
  /** The section "Events". */
  | 'EVENTS'
  /** The section "Flash Sales". */
  | 'FLASH_SALES'
  /** The section "Just for You". */
  | 'JUST_FOR_YOU'
  /** The section "New Arrivals". */
  | 'NEW_ARRIVALS'
  /** The section "Offers". */
  | 'OFFERS'
  /** The section "Trending Stores". */
  | 'TRENDING_STORES';

/** How a section was served. */
export type SectionStatus =
  /** A copy that is still fresh. */
  | 'CACHED'
  /** Not served: its field is null, and `errors` says why. */
  | 'FAILED'
  /** Read from the database for this request. */
  | 'FRESH'
  /** A copy that is no longer fresh: it is being renewed, or could not be. */
  | 'STALE';

export type FeaturedEventsQueryVariables = Exact<{
  limit?: number | null | undefined;
  fresh?: boolean | null | undefined;
  location?: GeoPointInput | null | undefined;
  located?: boolean | null | undefined;
}>;


export type FeaturedEventsQuery = { featuredEvents: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, nearby?: boolean | null, items: Array<{ id: string, title: string, subtitle: string | null, image: string | null, price: number | null, date: string, time: string | null, organizer: string | null, distanceKm?: number | null, currency: string | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, location: { type: string, coordinates: Array<number>, address: string | null, city: string | null } | null, category: { id: string, name: string, slug: string } | null }> } | null };

export type FeaturedProductsQueryVariables = Exact<{
  limit?: number | null | undefined;
  fresh?: boolean | null | undefined;
}>;


export type FeaturedProductsQuery = { featuredProducts: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, items: Array<{ id: string, name: string, brand: string | null, image: string | null, price: number, rating: number | null, cashback: number | null, createdAt: string, currency: string | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, category: { id: string, name: string, slug: string } | null, inventory: { stock: number } | null, store: { id: string, name: string, logo: string | null, image: string | null, rating: number | null } | null }> } | null };

export type FeaturedStoresQueryVariables = Exact<{
  limit?: number | null | undefined;
  fresh?: boolean | null | undefined;
  location?: GeoPointInput | null | undefined;
  located?: boolean | null | undefined;
}>;


export type FeaturedStoresQuery = { featuredStores: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, nearby?: boolean | null, items: Array<{ id: string, name: string, logo: string | null, image: string | null, rating: number | null, cashback: number | null, tags: Array<string> | null, distanceKm?: number | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, category: { id: string, name: string, slug: string } | null, location: { type: string, coordinates: Array<number>, address: string | null, city: string | null } | null }> } | null };

export type HomepageQueryVariables = Exact<{
  limit?: number | null | undefined;
  fresh?: boolean | null | undefined;
  location?: GeoPointInput | null | undefined;
  sections?: Array<SectionId> | SectionId | null | undefined;
  located?: boolean | null | undefined;
  includeAnalytics?: boolean | null | undefined;
}>;


export type HomepageQuery = { homepage: { justForYou: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, items: Array<{ id: string, name: string, brand: string | null, image: string | null, price: number, rating: number | null, cashback: number | null, createdAt: string, currency: string | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, category: { id: string, name: string, slug: string } | null, inventory: { stock: number } | null, store: { id: string, name: string, logo: string | null, image: string | null, rating: number | null } | null }> } | null, newArrivals: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, items: Array<{ id: string, name: string, brand: string | null, image: string | null, price: number, rating: number | null, cashback: number | null, createdAt: string, currency: string | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, category: { id: string, name: string, slug: string } | null, inventory: { stock: number } | null, store: { id: string, name: string, logo: string | null, image: string | null, rating: number | null } | null }> } | null, trendingStores: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, nearby?: boolean | null, items: Array<{ id: string, name: string, logo: string | null, image: string | null, rating: number | null, cashback: number | null, tags: Array<string> | null, distanceKm?: number | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, category: { id: string, name: string, slug: string } | null, location: { type: string, coordinates: Array<number>, address: string | null, city: string | null } | null }> } | null, events: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, nearby?: boolean | null, items: Array<{ id: string, title: string, subtitle: string | null, image: string | null, price: number | null, date: string, time: string | null, organizer: string | null, distanceKm?: number | null, currency: string | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, location: { type: string, coordinates: Array<number>, address: string | null, city: string | null } | null, category: { id: string, name: string, slug: string } | null }> } | null, offers: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, items: Array<{ id: string, title: string, subtitle: string | null, image: string | null, discountedPrice: number, originalPrice: number | null, cashbackPercentage: number | null, validity: string, currency: string | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, metadata: { flashSale: { isActive: boolean, salePrice: number } | null } | null, category: { id: string, name: string, slug: string } | null, store: { id: string, name: string, logo: string | null, image: string | null, rating: number | null } | null }> } | null, flashSales: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, items: Array<{ id: string, title: string, subtitle: string | null, image: string | null, discountedPrice: number, originalPrice: number | null, cashbackPercentage: number | null, validity: string, currency: string | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, metadata: { flashSale: { isActive: boolean, salePrice: number } | null } | null, category: { id: string, name: string, slug: string } | null, store: { id: string, name: string, logo: string | null, image: string | null, rating: number | null } | null }> } | null, metadata: { timestamp: string, userId: string | null, cacheKey: string, ttl: number, fromCache: boolean, executionTime: number, partialFailure: boolean, sections: Array<{ section: SectionId, status: SectionStatus, ageMs: number, durationMs: number }> }, analytics?: { recommendationScore: number | null, sectionViews: Array<{ section: SectionId, views: number }> } | null } };

export type NewArrivalsQueryVariables = Exact<{
  limit?: number | null | undefined;
  fresh?: boolean | null | undefined;
}>;


export type NewArrivalsQuery = { newArrivals: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, items: Array<{ id: string, name: string, brand: string | null, image: string | null, price: number, rating: number | null, cashback: number | null, createdAt: string, currency: string | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, category: { id: string, name: string, slug: string } | null, inventory: { stock: number } | null, store: { id: string, name: string, logo: string | null, image: string | null, rating: number | null } | null }> } | null };

export type OffersQueryVariables = Exact<{
  limit?: number | null | undefined;
  fresh?: boolean | null | undefined;
  flashSale?: boolean | null | undefined;
}>;


export type OffersQuery = { offers: { section: SectionId, title: string, type: string, total: number, hasMore: boolean, lastUpdated: string, items: Array<{ id: string, title: string, subtitle: string | null, image: string | null, discountedPrice: number, originalPrice: number | null, cashbackPercentage: number | null, validity: string, currency: string | null, slug: string | null, url: string | null, imageAlt: string | null, imageWidth: number | null, imageHeight: number | null, metadata: { flashSale: { isActive: boolean, salePrice: number } | null } | null, category: { id: string, name: string, slug: string } | null, store: { id: string, name: string, logo: string | null, image: string | null, rating: number | null } | null }> } | null };
