import type { CacheResult } from '../cache/ask.js';
import type { Section } from '../sections/define-section.js';
import type { Item, SectionValue } from './sources/section-source.js';

/** A section as clients see it. */
export interface SectionView {
  /** The section id. */
  section: string;
  title: string;
  type: string;
  items: readonly Item[];
  total: number;
  hasMore: boolean;
  /** When it was read from the database, ISO 8601. */
  lastUpdated: string;
  /** Whether the items lie within the radius asked for; null without a location. */
  nearby: boolean | null;
}

/** A section as clients see it: the first `limit` items of an entry. */
export function toView(section: Section, answer: CacheResult<SectionValue>, limit: number): SectionView {
  const { value, readAt } = answer;
  const items = value.items.slice(0, limit);
  return {
    section: section.id,
    title: section.title,
    type: section.type,
    items,
    total: value.total,
    hasMore: value.total > items.length,
    lastUpdated: new Date(readAt).toISOString(),
    nearby: value.nearby ?? null,
  };
}
