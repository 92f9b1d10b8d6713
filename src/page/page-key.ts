import type { Location, Section, Viewer } from '../sections/define-section.js';
import { LIMIT } from './argument-ranges.js';

/** What the bytes of a page depend on. */
export interface PageKey {
  viewer?: Viewer | undefined;
  /** In the registry's order. */
  sections: readonly Section[];
  /** Every section that there is. */
  registry: readonly Section[];
  limit: number;
  near?: Location | undefined;
  analytics?: boolean | undefined;
  /** Canonical field paths, when not the whole page is asked for. */
  fields?: readonly string[] | undefined;
  /** What stands for a failed section; null unless said otherwise. */
  fallback?: 'null' | 'empty' | undefined;
}

/**
 * `homepage:{userId|anonymous}:v1` for default parameters; what differs from them is appended in alphabetical order. Two
 * requests share a key exactly when they must get the same bytes: so sections are in one order, and a location that no
 * section asked for can use is left out, as is a radius that is the own one of each that can.
 */
export function pageKey(page: PageKey): string {
  const { viewer, sections, registry, limit, near, analytics, fields, fallback } = page;
  const located = near === undefined ? [] : sections.flatMap((section) => section.located ?? []);
  let key = pageOf(viewer);
  if (fallback === 'empty') key += ':fallback=empty';
  if (fields !== undefined) key += `:fields=${fields.join(',')}`;
  if (analytics === true) key += ':includeAnalytics=true';
  if (limit !== LIMIT.default) key += `:limit=${limit}`;
  if (near !== undefined && located.length > 0) {
    const { lng, lat, radiusKm } = near;
    key += `:location=${lng},${lat}`;
    if (radiusKm !== undefined && located.some((own) => own.radiusKm !== radiusKm)) key += `:radiusKm=${radiusKm}`;
  }
  if (sections.length !== registry.length) key += `:sections=${sections.map(({ id }) => id).join(',')}`;
  return key;
}

/** The key of one page for each viewer, worked out once. */
export function pageKeys(page: Omit<PageKey, 'viewer'>): (viewer: Viewer | undefined) => string {
  const anonymous = pageKey(page);
  const rest = anonymous.slice(pageOf(undefined).length);
  return (viewer) => (viewer === undefined ? anonymous : pageOf(viewer) + rest);
}

const pageOf = (viewer: Viewer | undefined) => `homepage:${viewer?.userId ?? 'anonymous'}:v1`;
