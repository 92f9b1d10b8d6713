import { headOf } from '../../../src/cache/entry-format.js';
import type { Commit, SharedListener, SharedStore } from '../../../src/cache/shared/shared-store.js';
import type { InvalidationMode, TagStamps } from '../../../src/cache/stamp.js';
import type { Clock } from '../../../src/core/clock.js';

interface Expiring<Value> {
  value: Value;
  until: number;
}

/** The way between one process and the store: when (and whether) a step happens. `createSimulatedRedis` without one has no delay. */
export interface Wire {
  request(step: () => void): void;
  reply(step: () => void): void;
  message(step: () => void): void;
}

const straight: Wire = { request: (step) => step(), reply: (step) => step(), message: (step) => step() };

export interface SimulatedRedis {
  connect(wire?: Wire): SharedStore;
  /** `refusing`: no connections; `hanging`: takes what is sent and does it when it is up again. */
  setState(state: 'up' | 'refusing' | 'hanging'): void;
  /** FLUSHALL. */
  wipe(): void;
  /** Called with what is about to be stored. */
  onCommit: (commit: Commit) => void;
  entryBytes(id: string): Buffer | undefined;
  setEntryBytes(id: string, bytes: Buffer): void;
  evictTag(tag: string): void;
}

/**
 * The shared store in this process, under the test's control. It passes the same contract suite as the one on Redis, so what
 * the model proves over it holds there.
 */
export function createSimulatedRedis(options: { clock: Clock; tagTtlMs?: number }): SimulatedRedis {
  const { clock, tagTtlMs = 26 * 3_600_000 } = options;
  const entries = new Map<string, Expiring<Buffer>>();
  const leases = new Map<string, Expiring<string>>();
  const tags = new Map<string, { soft?: string; hard?: string; until: number }>();
  const links = new Map<object, { listener: SharedListener; wire: Wire; isLinked: boolean }>();
  let state: 'up' | 'refusing' | 'hanging' = 'up';
  let held: (() => void)[] = [];
  let incarnation = 0;
  let count = 0;

  const live = <Value extends { until: number }>(map: Map<string, Value>, key: string): Value | undefined => {
    const found = map.get(key);
    if (found && found.until <= clock.now()) map.delete(key);
    return map.get(key);
  };
  const moment = (move: boolean) => {
    if (count === 0) incarnation += 1;
    if (count === 0 || move) count = Math.max(count + 1, clock.now() * 1000);
    return `i${incarnation}:${count}`;
  };
  const partsOf = (stamp: string): [string, number] => {
    const [from = '', n] = stamp.split(':');
    return [from, Number(n)];
  };
  const publish = (tell: (listener: SharedListener) => void) => {
    for (const link of links.values()) if (link.isLinked) link.wire.message(() => link.isLinked && tell(link.listener));
  };
  const endLease = (id: string) => {
    leases.delete(id);
    publish((listener) => listener.ready(id));
  };

  const ensure = (tag: string, began: string) => {
    const [from, n] = partsOf(began);
    const known = live(tags, tag) ?? { until: 0 };
    for (const mode of ['soft', 'hard'] as const) {
      const present = known[mode];
      const [i, m] = present ? partsOf(present) : ['', -1];
      if (i !== from && m < n) known[mode] = began;
    }
    tags.set(tag, { ...known, until: clock.now() + tagTtlMs });
  };
  const invalidate = (tag: string, mode: InvalidationMode, stamp: string) => {
    const known = live(tags, tag) ?? { until: 0 };
    if (partsOf(known[mode] ?? ':-1')[1] < partsOf(stamp)[1]) known[mode] = stamp;
    known.soft ??= stamp;
    known.hard ??= stamp;
    tags.set(tag, { ...known, until: clock.now() + tagTtlMs });
  };
  const stampsOf = (tag: string): TagStamps | undefined => {
    const known = live(tags, tag);
    return known?.soft !== undefined && known.hard !== undefined ? { soft: known.soft, hard: known.hard } : undefined;
  };

  const link = (handle: object) => {
    const found = links.get(handle);
    if (!found || found.isLinked) return;
    found.isLinked = true;
    found.listener.linked();
  };

  return {
    onCommit: () => {},
    connect(wire = straight) {
      const handle = {};
      /** Sends one command: both ways take their time, and a command may be done without its reply arriving. */
      const command = <Reply>(effect: () => Reply): Promise<Reply> =>
        new Promise((resolve, reject) => {
          const refuse = () => reject(new Error('connection refused'));
          const arrive = () => {
            if (state === 'refusing') return wire.reply(refuse);
            if (state === 'hanging') return void held.push(arrive);
            const reply = effect();
            wire.reply(() => resolve(reply));
          };
          if (state === 'refusing') refuse();
          else wire.request(arrive);
        });
      return {
        read: (request) =>
          command(() => ({
            moment: moment(false),
            entries: request.ids.map((id) => live(entries, id)?.value),
            tags: request.tags.map(stampsOf),
          })),
        acquire: ({ id, lease, ttlMs, head }) =>
          command(() => {
            if (headOf(live(entries, id)?.value) !== head) return 'changed';
            if (live(leases, id)) return 'held';
            leases.set(id, { value: lease, until: clock.now() + ttlMs });
            return 'won';
          }),
        renew: ({ id, lease, ttlMs }) =>
          command(() => {
            if (live(leases, id)?.value !== lease) return false;
            leases.set(id, { value: lease, until: clock.now() + ttlMs });
            return true;
          }),
        release: ({ id, lease }) =>
          command(() => {
            if (live(leases, id)?.value === lease) endLease(id);
          }),
        commit: async (commit) => {
          await command(() => {
            for (const tag of commit.tags) ensure(tag, commit.moment);
          });
          return command(() => {
            if (live(leases, commit.id)?.value !== commit.lease) return false;
            this.onCommit(commit);
            entries.set(commit.id, { value: commit.bytes, until: clock.now() + commit.ttlMs });
            endLease(commit.id);
            return true;
          });
        },
        invalidate: async (request) => {
          const stamp = await command(() => moment(true));
          await command(() => {
            for (const tag of request.tags) {
              invalidate(tag, request.mode, stamp);
              publish((listener) => listener.invalidated(tag, request.mode, stamp, request.origin));
            }
          });
          return stamp;
        },
        open: (listener) => {
          links.set(handle, { listener, wire, isLinked: false });
          wire.message(() => state === 'up' && link(handle));
        },
        close: async () => {
          links.delete(handle);
        },
      };
    },
    setState: (next) => {
      state = next;
      for (const [handle, found] of links) {
        if (next === 'up') found.wire.message(() => state === 'up' && link(handle));
        if (next !== 'refusing' || !found.isLinked) continue;
        found.isLinked = false;
        found.listener.unlinked();
      }
      const waiting = held;
      held = [];
      for (const arrive of waiting) arrive();
    },
    wipe: () => {
      for (const map of [entries, leases, tags]) map.clear();
      count = 0;
    },
    entryBytes: (id) => live(entries, id)?.value,
    setEntryBytes: (id, value) => {
      entries.set(id, { value, until: clock.now() + 3_600_000 });
    },
    evictTag: (tag) => {
      tags.delete(tag);
    },
  };
}
