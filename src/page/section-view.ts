import type { Section } from '../sections/define-section.js';
import type { SectionView } from './homepage.js';
import type { SectionAnswer } from './section-source.js';

/** A section as clients see it: the first `limit` items of an entry. */
export function toView(section: Section, answer: SectionAnswer, limit: number): SectionView {
  const { data, readAt } = answer;
  const items = data.items.slice(0, limit);
  return {
    id: section.id,
    title: section.title,
    type: section.type,
    items,
    total: data.total,
    hasMore: data.total > items.length,
    lastUpdated: new Date(readAt).toISOString(),
    nearby: data.nearby ?? null,
  };
}
