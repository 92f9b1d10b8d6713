import type { CacheResult } from '../../../src/cache/ask.js';
import type { InvalidationMode } from '../../../src/cache/stamp.js';

/** One load as it truly was. Orders are places in the one sequence of everything that happened. */
export interface TrueLoad {
  readonly id: number;
  readonly key: string;
  readonly process: number;
  readonly tags: readonly string[];
  readonly beganAt: number;
  readonly began: number;
  ended?: { at: number; failed: boolean };
}

export interface TrueInvalidation {
  readonly process: number;
  readonly tag: string;
  readonly mode: InvalidationMode;
  readonly called: number;
  /** When the caller was told that every process can know it; undefined while it could not be written. */
  acknowledged?: number;
}

export interface TrueAsk {
  readonly key: string;
  readonly process: number;
  readonly fresh: boolean;
  readonly asked: number;
  readonly askedAt: number;
  /** Whether its time is over: then what stands in grace will do. */
  left: boolean;
}

export interface Value {
  load: number;
}

export const modelPolicy = { freshMs: 4000, staleMs: 8000, graceMs: 60_000, memoryMs: 2000, negativeMs: 1000 };

/** What has happened, and what follows from it for every answer. Knows nothing of how the cache works. */
export function createHistory() {
  let order = 0;
  const loads: TrueLoad[] = [];
  const invalidations: TrueInvalidation[] = [];
  /** By process and invalidation: when the process heard of it. */
  const heard = new Map<number, Map<TrueInvalidation, number>>();
  /** By process and load: when the look at the shared store began by which the process first saw it. */
  const seen = new Map<string, number>();

  /** By process: since when it has had a link without a break and a store that answers. */
  const linked = new Map<number, number>();

  const next = () => {
    order += 1;
    return order;
  };

  const hear = (process: number, invalidation: TrueInvalidation) => {
    const known = heard.get(process) ?? new Map<TrueInvalidation, number>();
    heard.set(process, known);
    if (!known.has(invalidation)) known.set(invalidation, next());
  };

  const carriedBy = (from: number, tags: readonly string[], mode: InvalidationMode, sentAt: number) =>
    invalidations.filter(
      (one) => one.process === from && tags.includes(one.tag) && one.mode === mode && one.called < sentAt,
    );

  /** Whether this process must know, for this ask, that the invalidation came after the load began. */
  const mustRespect = (invalidation: TrueInvalidation, load: TrueLoad, ask: TrueAsk): boolean => {
    if (!load.tags.includes(invalidation.tag) || load.began > invalidation.called) return false;
    const heardAt = heard.get(ask.process)?.get(invalidation);
    if (heardAt !== undefined && heardAt < ask.asked) return true;
    if (invalidation.acknowledged === undefined) return false;
    // Whoever got a new link has verified its copies since, also against what was said while it had none.
    const linkedAt = linked.get(ask.process);
    if (linkedAt !== undefined && invalidation.acknowledged < linkedAt && linkedAt < ask.asked) return true;
    const seenAt = load.process === ask.process ? undefined : seen.get(`${ask.process} ${load.id}`);
    return seenAt !== undefined && seenAt > invalidation.acknowledged;
  };

  return {
    next,
    loads,
    forgetProcess: (process: number) => {
      heard.delete(process);
      linked.delete(process);
    },
    link: (process: number, isLinked: boolean) => {
      if (isLinked) linked.set(process, next());
      else linked.delete(process);
    },
    beginLoad: (load: Omit<TrueLoad, 'id' | 'began'>): TrueLoad => {
      const begun = { ...load, id: loads.length, began: next() };
      loads.push(begun);
      return begun;
    },
    invalidate: (process: number, tag: string, mode: InvalidationMode): void => {
      const invalidation = { process, tag, mode, called: next() };
      invalidations.push(invalidation);
      hear(process, invalidation);
    },
    /** A message that `from` sent at `sentAt` has reached `process`: it stands for all that `from` was told before. */
    message: (process: number, tag: string, mode: InvalidationMode, from: number, sentAt: number) => {
      for (const one of carriedBy(from, [tag], mode, sentAt)) hear(process, one);
    },
    /** The store has what `from` sent at `sentAt`, and `from` knows it. */
    acknowledge: (from: number, tags: readonly string[], mode: InvalidationMode, sentAt: number) => {
      for (const one of carriedBy(from, tags, mode, sentAt)) one.acknowledged ??= next();
    },
    see: (process: number, load: number, lookBegan: number) => {
      const name = `${process} ${load}`;
      if (!seen.has(name)) seen.set(name, lookBegan);
    },
    checkAnswer: (ask: TrueAsk, answer: CacheResult<Value>, now: number): void => {
      const load = loads[answer.value.load];
      if (!load) throw new Error('an answer that nobody loaded');
      const fail = (what: string): never => {
        throw new Error(
          `${what}\nask ${JSON.stringify(ask)}\nload ${JSON.stringify(load)}\nanswer ${JSON.stringify(answer)} at ${now}`,
        );
      };
      const age = now - load.beganAt;
      if (load.key !== ask.key) fail('the value of another key');
      if (answer.readAt !== load.beganAt || answer.ageMs !== age) fail('a wrong age');
      if (load.ended?.failed !== false) fail('a value from a load that did not end well');
      const overruled = invalidations.filter((one) => mustRespect(one, load, ask));
      if (overruled.some(({ mode }) => mode === 'hard')) fail('served after a hard invalidation');
      if (answer.status !== 'STALE' && overruled.length > 0) fail('stale passed for fresh after an invalidation');
      if (answer.status === 'CACHED' && age >= modelPolicy.freshMs) fail('stale passed for fresh by its age');
      if (answer.status === 'CACHED' && answer.freshForMs > modelPolicy.freshMs - age)
        fail('promised to be fresh too long');
      if (answer.status === 'FRESH' && !ask.fresh && (load.ended?.at ?? 0) < ask.askedAt)
        fail('an old load passed for a new one');
      if (ask.fresh && answer.status === 'CACHED') fail('a copy passed for fresh data');
      if (ask.fresh && answer.status === 'FRESH' && load.beganAt < ask.askedAt - 1000)
        fail('fresh data that is older than a second');
      if (answer.status === 'STALE') {
        const failedSince = loads.some(
          (one) => one.key === ask.key && one.process === ask.process && one.ended?.failed,
        );
        if (age >= modelPolicy.graceMs) fail('older than its grace');
        if ((age >= modelPolicy.staleMs || ask.fresh) && !failedSince && !ask.left)
          fail('grace although no load failed and there was time');
      }
    },
  };
}
