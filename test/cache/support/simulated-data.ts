import type { InvalidateRequest } from '../../../src/cache/shared/shared-store.js';

export interface Expiring<Value> {
  value: Value;
  until: number;
}

/** The invalidation log. */
export interface Log {
  incarnation: string;
  /** Of the server process that wrote it. */
  run: number;
  count: number;
  floor: number;
  marks: Map<string, number>;
}

/** All that the server would write into a dump. */
export interface Data {
  entries: Map<string, Expiring<Buffer>>;
  leases: Map<string, Expiring<string>>;
  log: Log | undefined;
}

export const emptyData = (): Data => ({ entries: new Map(), leases: new Map(), log: undefined });

export const copyOf = ({ entries, leases, log }: Data): Data => ({
  entries: new Map(entries),
  leases: new Map(leases),
  log: log && { ...log, marks: new Map(log.marks) },
});

/** Leaves `count` on tags, and drops marks up to `cutoff` and the oldest beyond `maxMarks`. */
export function markTags(
  log: Log,
  { tags, mode }: InvalidateRequest,
  count: number,
  bounds: { cutoff: number; maxMarks: number },
): void {
  for (const tag of tags) {
    const name = `${mode} ${tag}`;
    const present = log.marks.get(name) ?? 0;
    if (present >= count) continue;
    log.marks.delete(name);
    log.marks.set(name, count);
  }
  const sorted = [...log.marks].sort(([, one], [, other]) => one - other);
  const cutoff = Math.max(bounds.cutoff, sorted[sorted.length - bounds.maxMarks - 1]?.[1] ?? 0);
  for (const [name, at] of sorted) {
    if (at > cutoff) break;
    log.marks.delete(name);
    log.floor = Math.max(log.floor, cutoff);
  }
}
