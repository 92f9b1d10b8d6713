import type { Clock } from '../core/clock.js';
import type { Counters } from '../redis/counters.js';

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** How often this process adds its counts to the counters that all processes share. */
const FLUSH_MS = 2000;
/** How long a request waits for the sum over all processes; past it the last known sum is used. */
const SUM_WAIT_MS = 50;

/** Counts how often each section was served, in hourly buckets, so that memory does not grow with traffic. */
export interface ViewCounter {
  record(...sectionIds: readonly string[]): void;
  /** Views by section id over all processes, in the present hour and the 23 before it. Never rejects. */
  lastDay(): Promise<Readonly<Record<string, number>>>;
  /** Adds the counts of this process to the shared counters. */
  flush(): Promise<void>;
}

type Buckets = Map<number, Map<string, number>>;

/** Without `shared`, or while it fails, counts stay in this process. */
export function createViewCounter(options: { clock: Clock; shared?: Counters | undefined }): ViewCounter {
  const { clock, shared } = options;
  const own: Buckets = new Map();
  let isFlushPlanned = false;
  let last: { hour: number; sums: ReadonlyMap<string, number> } = { hour: 0, sums: new Map() };
  const presentHour = () => Math.floor(clock.now() / HOUR_MS);
  const hours = () => Array.from({ length: HOURS }, (_, ago) => presentHour() - ago);

  const add = (hour: number, sectionId: string, count: number): void => {
    const bucket = own.get(hour) ?? new Map<string, number>();
    if (!own.has(hour)) {
      for (const old of own.keys()) if (old <= presentHour() - HOURS) own.delete(old);
      own.set(hour, bucket);
    }
    bucket.set(sectionId, (bucket.get(sectionId) ?? 0) + count);
  };
  /** Sums over all processes; the last ones of this hour when the counters cannot be read in time. */
  const sharedSums = (): Promise<ReadonlyMap<string, number>> =>
    new Promise((resolve) => {
      const known = () => resolve(last.hour === presentHour() ? last.sums : new Map());
      if (shared === undefined) return known();
      const cancel = clock.after(SUM_WAIT_MS, known);
      shared
        .sum(hours().map((hour) => `views:${hour}`))
        .then((sums) => {
          last = { hour: presentHour(), sums };
        })
        .catch(() => undefined)
        .finally(() => {
          cancel();
          known();
        });
    });
  const flush = async (): Promise<void> => {
    if (shared === undefined) return;
    for (const [hour, counts] of [...own]) {
      own.delete(hour);
      try {
        await shared.add(`views:${hour}`, counts, (HOURS + 1) * HOUR_MS);
      } catch {
        for (const [sectionId, count] of counts) add(hour, sectionId, count);
      }
    }
  };
  const planFlush = (): void => {
    if (shared === undefined || isFlushPlanned) return;
    isFlushPlanned = true;
    clock.after(FLUSH_MS, () => {
      isFlushPlanned = false;
      void flush().finally(() => own.size > 0 && planFlush());
    });
  };

  return {
    record: (...sectionIds) => {
      const hour = presentHour();
      for (const sectionId of sectionIds) add(hour, sectionId, 1);
      planFlush();
    },
    lastDay: async () => {
      const views: Record<string, number> = Object.fromEntries(await sharedSums());
      const recent = new Set(hours());
      for (const [hour, bucket] of own) {
        if (!recent.has(hour)) continue;
        for (const [sectionId, count] of bucket) views[sectionId] = (views[sectionId] ?? 0) + count;
      }
      return views;
    },
    flush,
  };
}
