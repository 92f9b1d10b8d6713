import type { Clock } from '../core/clock.js';

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** How often each section was served, in hourly buckets: a bounded memory, whatever the traffic. */
export interface SectionViews {
  record(sectionId: string): void;
  /** Views by section id: those of the present hour and of the 23 before it. */
  lastDay(): Readonly<Record<string, number>>;
}

export function createSectionViews(options: { clock: Clock }): SectionViews {
  const { clock } = options;
  const buckets = new Map<number, Map<string, number>>();
  const presentHour = () => Math.floor(clock.now() / HOUR_MS);
  const forgetOld = () => {
    for (const hour of buckets.keys()) if (hour <= presentHour() - HOURS) buckets.delete(hour);
  };
  return {
    record: (sectionId) => {
      const hour = presentHour();
      const bucket = buckets.get(hour) ?? new Map<string, number>();
      if (!buckets.has(hour)) {
        forgetOld();
        buckets.set(hour, bucket);
      }
      bucket.set(sectionId, (bucket.get(sectionId) ?? 0) + 1);
    },
    lastDay: () => {
      forgetOld();
      const views: Record<string, number> = {};
      for (const bucket of buckets.values()) {
        for (const [sectionId, count] of bucket) views[sectionId] = (views[sectionId] ?? 0) + count;
      }
      return views;
    },
  };
}
