import type { Viewer } from '../sections/define-section.js';
import type { PageMetadata } from './homepage.js';
import type { SectionAnswer } from './section-source.js';

/** Metadata of a page whose sections were all served from copies that were at hand. */
export function metadataOfCopies(options: {
  sections: readonly { id: string }[];
  /** In the order of the sections. */
  answers: readonly SectionAnswer[];
  viewer: Viewer | undefined;
  cacheKey: string;
  /** Milliseconds since the epoch. */
  now: number;
  startedAt: number;
}): PageMetadata {
  const { sections, answers, viewer, cacheKey, now, startedAt } = options;
  const durationMs = now - startedAt;
  let freshForMs = Number.POSITIVE_INFINITY;
  for (const answer of answers) freshForMs = Math.min(freshForMs, answer.freshForMs);
  return {
    timestamp: isoTime(now),
    userId: viewer?.userId ?? null,
    cacheKey,
    ttl: Math.floor(freshForMs / 1000),
    fromCache: true,
    executionTime: Math.round(durationMs),
    partialFailure: false,
    sections: sections.map(({ id }, index) => {
      const { status = 'CACHED', ageMs = 0 } = answers[index] ?? {};
      return { section: id, status, ageMs, durationMs };
    }),
  };
}

let last = { at: Number.NaN, text: '' };

/** ISO 8601; many answers are made in one millisecond, and the text takes longer than the rest of their metadata. */
function isoTime(at: number): string {
  if (at !== last.at) last = { at, text: new Date(at).toISOString() };
  return last.text;
}
