import { geoDistance } from 'd3-geo';
import { trusted } from 'mongoose';
import type { CollectionSource, FindPlan, StoredDocument } from '../database/collection-source.js';
import type { Near, SectionPage } from './define-section.js';

/** Mean radius of the Earth (IUGG), for the query's radius in radians and for the distances shown. */
const EARTH_RADIUS_KM = 6371.0088;

/**
 * A page narrowed to a radius, with the same sort, or the global page when nothing lies within it; `nearby` tells
 * which. Each document gets its `distanceKm` from the point, rounded to 100 m.
 */
export async function pageNearby(
  source: CollectionSource,
  plan: FindPlan,
  near: Near | undefined,
): Promise<SectionPage> {
  if (near === undefined) return source.page(plan);
  const within = trusted({
    $geoWithin: { $centerSphere: [[near.lng, near.lat], near.radiusKm / EARTH_RADIUS_KM] },
  });
  const local = await source.page({ ...plan, filter: { ...plan.filter, location: within } });
  const nearby = local.total > 0;
  const page = nearby ? local : await source.page(plan);
  return { ...page, nearby, documents: page.documents.map((document) => withDistance(document, near)) };
}

function withDistance(document: StoredDocument, near: Near): StoredDocument {
  const { coordinates } = (document.location ?? {}) as { coordinates?: unknown };
  if (!Array.isArray(coordinates)) return document;
  const [lng, lat]: unknown[] = coordinates;
  if (typeof lng !== 'number' || typeof lat !== 'number') return document;
  const distanceKm = geoDistance([near.lng, near.lat], [lng, lat]) * EARTH_RADIUS_KM;
  return Number.isFinite(distanceKm) ? { ...document, distanceKm: Math.round(distanceKm * 10) / 10 } : document;
}
