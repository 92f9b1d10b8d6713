import type { CacheResult } from '../../../src/cache/ask.js';
import type { InvalidationMode } from '../../../src/cache/invalidation-log.js';
import { standardPolicy } from '../../../src/core/cache-policy.js';

/** One load as it truly was. Orders are places in the one sequence of everything that happened; times are monotonic. */
export interface TrueLoad {
  readonly id: number;
  readonly key: string;
  readonly process: number;
  readonly tags: readonly string[];
  readonly beganAt: number;
  /** By the wall clock of its process. */
  readonly readAt: number;
  readonly began: number;
  ended?: { at: number; failed: boolean };
}

export interface TrueInvalidation {
  readonly process: number;
  readonly tag: string;
  readonly mode: InvalidationMode;
  readonly called: number;
  /** When Redis had it, and its caller knew; undefined while it could not be written. */
  acknowledged?: { order: number; at: number };
  /** Sent again because no answer came, it may be done twice: how often it was sent, how many of these are open, when the last one ended. */
  sends: number;
  open: number;
  ended: number;
  /** Redis has lost its memory since. */
  lost?: boolean;
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
  /** The load that has read what the value is made of beside its own. */
  part: number;
}

/** How old a part may be that a load takes from memory. */
export const PART_MS = 2000;

export const modelPolicy = {
  ...standardPolicy,
  ...{ freshMs: 4000, staleMs: 8000, graceMs: 60_000, memoryMs: 2000, negativeMs: 1000 },
};

/** A process that Redis is not away for has heard what Redis had so long ago, or looks. */
const HEARD_WITHIN_MS = 3000;
/** An entry that came by Redis may count as so much older than it is: by what was waited before and during its load. */
const OLDER_MS = 500;

/** What has happened, and what follows from it for every answer. Knows nothing of how the cache works. */
export function createHistory() {
  let order = 0;
  const loads: TrueLoad[] = [];
  const invalidations: TrueInvalidation[] = [];
  /** By process and invalidation: when the process heard of it. */
  const heard = new Map<number, Map<TrueInvalidation, number>>();
  /** By process and load: when the look at the shared store began by which the process first saw it. */
  const seen = new Map<string, number>();
  /** By process: since when it has had a link without a break. */
  const linked = new Map<number, number>();
  /** By process: since when it runs without having been stopped for longer than moments. */
  const resumed = new Map<number, { paused: number; resumed: number }>();
  /** By process: when Redis was last away for it, and whether it still is. */
  const away = new Map<number, { order: number; isAway: boolean }>();
  /** By process and key: the latest load whose value the process has answered with. */
  const holds = new Map<string, TrueLoad>();

  /** By process: for how long it has stood still in all, which no restart takes back from its entries. */
  const stoodMs = new Map<number, number>();

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

  const wasAwayDuring = ({ process, asked }: TrueAsk): boolean => {
    const last = away.get(process);
    return last !== undefined && (last.isAway || last.order > asked);
  };

  /** Whether this process must know, for this ask, that the invalidation came after the load began. */
  const mustRespect = (invalidation: TrueInvalidation, load: TrueLoad, ask: TrueAsk): boolean => {
    if (!load.tags.includes(invalidation.tag) || load.began > invalidation.called) return false;
    const heardAt = heard.get(ask.process)?.get(invalidation);
    if (heardAt !== undefined && heardAt < ask.asked) return true;
    const { acknowledged } = invalidation;
    if (acknowledged === undefined || wasAwayDuring(ask)) return false;
    if (acknowledged.at + HEARD_WITHIN_MS < ask.askedAt) return true;
    // A process that was stopped, or got a new link, looks before it trusts what it holds.
    const stop = resumed.get(ask.process);
    if (stop && stop.paused < acknowledged.order && acknowledged.order < stop.resumed && stop.resumed < ask.asked) {
      return true;
    }
    const linkedAt = linked.get(ask.process);
    if (linkedAt !== undefined && acknowledged.order < linkedAt && linkedAt < ask.asked) return true;
    const seenAt = load.process === ask.process ? undefined : seen.get(`${ask.process} ${load.id}`);
    return seenAt !== undefined && seenAt > acknowledged.order;
  };

  return {
    next,
    loads,
    forgetProcess: (process: number) => {
      for (const map of [heard, linked, resumed, away]) map.delete(process);
      for (const name of holds.keys()) if (name.startsWith(`${process} `)) holds.delete(name);
    },
    link: (process: number, isLinked: boolean) => {
      if (isLinked) linked.set(process, next());
      else linked.delete(process);
    },
    away: (process: number, isAway: boolean) => {
      away.set(process, { order: next(), isAway });
    },
    stood: (process: number, ms: number) => {
      stoodMs.set(process, (stoodMs.get(process) ?? 0) + ms);
    },
    stopped: (process: number, since: number) => {
      resumed.set(process, { paused: since, resumed: next() });
    },
    /** Redis has lost what it was told, also what nobody knows yet that it had. */
    lose: () => {
      for (const one of invalidations) if (one.acknowledged || one.open > 0) one.lost = true;
    },
    beginLoad: (load: Omit<TrueLoad, 'id' | 'began'>): TrueLoad => {
      const begun = { ...load, id: loads.length, began: next() };
      loads.push(begun);
      return begun;
    },
    invalidate: (process: number, tag: string, mode: InvalidationMode): void => {
      const invalidation = { process, tag, mode, called: next(), sends: 0, open: 0, ended: 0 };
      invalidations.push(invalidation);
      hear(process, invalidation);
    },
    /** A message that `from` sent at `sentAt` has reached `process`: it stands for all that `from` was told before. */
    message: (process: number, tags: readonly string[], mode: InvalidationMode, from: number, sentAt: number) => {
      for (const one of carriedBy(from, tags, mode, sentAt)) hear(process, one);
    },
    /** What `from` sends at `sentAt`. The answer is called when it was done, or never will be. */
    send: (from: number, request: { tags: readonly string[]; mode: InvalidationMode }, sentAt: number) => {
      const carried = carriedBy(from, request.tags, request.mode, sentAt);
      for (const one of carried) {
        one.sends += 1;
        one.open += 1;
      }
      return () => {
        for (const one of carried) {
          one.open -= 1;
          one.ended = next();
        }
      };
    },
    /** The store has what `from` sent at `sentAt`, and `from` knows it. */
    acknowledge: (
      from: number,
      request: { tags: readonly string[]; mode: InvalidationMode },
      sentAt: number,
      now: number,
    ) => {
      for (const one of carriedBy(from, request.tags, request.mode, sentAt)) {
        one.acknowledged ??= { order: next(), at: now };
      }
    },
    see: (process: number, load: number, lookBegan: number) => {
      const name = `${process} ${load}`;
      if (!seen.has(name)) seen.set(name, lookBegan);
    },
    checkAnswer: (ask: TrueAsk, answer: CacheResult<Value>, now: number): void => {
      const load = loads[answer.value.load];
      const part = loads[answer.value.part];
      if (!load || !part) throw new Error('an answer that no load made');
      const fail = (what: string): never => {
        throw new Error(
          `${what}\nask ${JSON.stringify(ask)}\nload ${JSON.stringify(load)}\npart ${JSON.stringify(part)}\nanswer ${JSON.stringify(answer)} at ${now}`,
        );
      };
      const age = now - load.beganAt;
      const olderMs = load.process === ask.process ? 0 : OLDER_MS;
      if (load.key !== ask.key) fail('the value of another key');
      if (answer.readAt !== load.readAt) fail('a wrong time');
      if (load.process !== ask.process && answer.ageMs < age - 1) fail('younger than it is');
      // A process that stood still has waited for Redis all that time.
      const stood = (stoodMs.get(ask.process) ?? 0) + (stoodMs.get(load.process) ?? 0);
      if (answer.ageMs > age + OLDER_MS + stood) fail('older than it is');
      if (load.ended?.failed !== false) fail('a value from a load that did not end well');
      const overruled = invalidations.filter((one) => mustRespect(one, load, ask) || mustRespect(one, part, ask));
      if (overruled.some(({ mode, lost }) => mode === 'hard' && !lost)) fail('served after a hard invalidation');
      if (answer.status !== 'STALE' && overruled.length > 0) fail('stale passed for fresh after an invalidation');
      const partAge = Math.max(age, now - part.beganAt);
      if (answer.status === 'CACHED' && partAge >= modelPolicy.freshMs) fail('stale passed for fresh by its age');
      if (answer.status === 'CACHED' && answer.freshForMs > modelPolicy.freshMs - partAge + 1)
        fail('promised to be fresh too long');
      if (answer.status === 'FRESH' && !ask.fresh && (load.ended?.at ?? 0) < ask.askedAt)
        fail('an old load passed for a new one');
      if (ask.fresh && answer.status === 'CACHED') fail('a copy passed for fresh data');
      if (ask.fresh && answer.status === 'FRESH' && Math.min(load.beganAt, part.beganAt) < ask.askedAt - 1000)
        fail('fresh data that is older than a second');
      if (answer.status === 'STALE') {
        const failedSince = loads.some(
          (one) => one.key === ask.key && one.process === ask.process && one.ended?.failed,
        );
        if (age >= modelPolicy.graceMs) fail('older than its grace');
        if ((age >= modelPolicy.staleMs + olderMs || ask.fresh) && !failedSince && !ask.left)
          fail('grace although no load failed and there was time');
      }
      const name = `${ask.process} ${ask.key}`;
      if ((holds.get(name)?.began ?? 0) < load.began) holds.set(name, load);
    },
    /** An ask got an error. */
    checkFailure: (ask: TrueAsk, now: number): void => {
      const load = holds.get(`${ask.process} ${ask.key}`);
      if (!load || load.began > ask.asked || now - load.beganAt >= modelPolicy.graceMs - OLDER_MS - PART_MS) return;
      // One that this process had not heard of when the load began, or did not know to be in Redis, may count against it.
      const isForbidden = invalidations.some((one) => {
        const heardAt = heard.get(ask.process)?.get(one) ?? Number.POSITIVE_INFINITY;
        const isKnown = heardAt < load.began && (one.acknowledged?.order ?? Number.POSITIVE_INFINITY) < load.began;
        const mayBeDoneLater = one.sends > 1 && (one.open > 0 || one.ended > load.began);
        const counts = one.called > load.began || !isKnown || mayBeDoneLater;
        return one.mode === 'hard' && load.tags.includes(one.tag) && counts;
      });
      if (!isForbidden) {
        throw new Error(`grace was lost\nask ${JSON.stringify(ask)}\nload ${JSON.stringify(load)} at ${now}`);
      }
    },
  };
}
