import type { CacheResult } from '../../cache/ask.js';
import type { Viewer } from '../../sections/define-section.js';
import type { PageMetadata } from '../homepage.js';
import { ttlSeconds } from '../outcome.js';
import type { SectionValue } from '../sources/section-source.js';

/** Metadata of a page whose sections were all served from copies that were at hand. */
export function metadataOfCopies(options: {
  sections: readonly { id: string }[];
  /** In the order of the sections. */
  answers: readonly CacheResult<SectionValue>[];
  viewer: Viewer | undefined;
  cacheKey: string;
  /** Milliseconds since the epoch. */
  now: number;
  startedAt: number;
  isoTime: (at: number) => string;
}): PageMetadata {
  const { sections, answers, viewer, cacheKey, now, startedAt, isoTime } = options;
  const durationMs = now - startedAt;
  return {
    timestamp: isoTime(now),
    userId: viewer?.userId ?? null,
    cacheKey,
    ttl: ttlSeconds(answers),
    fromCache: true,
    executionTime: Math.round(durationMs),
    partialFailure: false,
    sections: sections.map(({ id }, index) => {
      const { status = 'CACHED', ageMs = 0 } = answers[index] ?? {};
      return { section: id, status, ageMs, durationMs };
    }),
  };
}
