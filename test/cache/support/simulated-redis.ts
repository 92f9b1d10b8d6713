import { headOf } from '../../../src/cache/entry-format.js';
import type { InvalidationMode, Moment } from '../../../src/cache/invalidation-log.js';
import type { Commit, InvalidateRequest, SharedListener, SharedStore } from '../../../src/cache/shared/shared-store.js';
import type { Clock } from '../../../src/core/clock.js';
import { copyOf, type Expiring, emptyData, type Log, markTags } from './simulated-data.js';

/** The way between one process and the store: when (and whether) a step happens. `createSimulatedRedis` without one has no delay. */
export interface Wire {
  request(step: () => void): void;
  reply(step: () => void): void;
  message(step: () => void): void;
}

const straight: Wire = { request: (step) => step(), reply: (step) => step(), message: (step) => step() };

export type RedisState =
  | 'up'
  /** No connections. */
  | 'refusing'
  /** Takes what is sent and does it when it is up again. */
  | 'hanging'
  /** Refuses writes, as with OOM or MISCONF. */
  | 'full'
  /** A primary that was made a replica: every script is refused. */
  | 'readonly';

export interface SimulatedRedis {
  connect(wire?: Wire): SharedStore;
  setState(state: RedisState): void;
  /** FLUSHALL. */
  wipe(): void;
  /** All connections break and may come back at once; what is under way is lost. */
  cut(): void;
  /** Started anew on what it had at `save`, or empty. */
  restart(on: 'dump' | 'nothing'): void;
  save(): void;
  /** Without the right to channels no message arrives. */
  setMute(mute: boolean): void;
  /** Messages are lost without a word. */
  setSilent(silent: boolean): void;
  /** Sets the server's clock forward or back. */
  setWall(byMs: number): void;
  /** DEL, or an eviction, of the whole log. */
  evictLog(): void;
  evictEntry(id: string): void;
  /** Puts something of another type at an entry's key. */
  setForeign(id: string): void;
  /** Called with what is about to be stored. */
  onCommit: (commit: Commit) => void;
  entryBytes(id: string): Buffer | undefined;
  setEntryBytes(id: string, bytes: Buffer): void;
  /** The count of the last invalidation that it knows of; 0 when of none. */
  mark(tag: string, mode: InvalidationMode): number;
}

const FOREIGN = Buffer.from('of another type');

/**
 * The shared store in this process, under the test's control. It passes the same contract suite as the one on Redis, so what
 * the model proves over it holds there.
 */
export function createSimulatedRedis(options: { clock: Clock; graceMs?: number; maxMarks?: number }): SimulatedRedis {
  const { clock, graceMs = 86_400_000, maxMarks = 100_000 } = options;
  let data = emptyData();
  let dump = emptyData();
  let run = 1;
  let incarnations = 0;
  let state: RedisState = 'up';
  let mute = false;
  let silent = false;
  let wallMs = 0;
  let connections = 0;
  let held: (() => void)[] = [];
  const links = new Map<object, { listener: SharedListener; wire: Wire; isLinked: boolean }>();

  const now = () => clock.now() + wallMs;
  const live = <Value>(map: Map<string, Expiring<Value>>, key: string): Expiring<Value> | undefined => {
    const found = map.get(key);
    if (found && found.until <= now()) map.delete(key);
    return map.get(key);
  };
  const standingLog = (known: number): Log => {
    const present = data.log;
    const isOwn = present?.run === run;
    if (!isOwn) incarnations += 1;
    const log: Log = isOwn
      ? present
      : {
          incarnation: `i${incarnations}`,
          run,
          count: Math.max((present?.count ?? 0) + 1, now() * 1000),
          floor: present?.floor ?? 0,
          marks: present?.marks ?? new Map(),
        };
    log.count = Math.max(log.count, known);
    data.log = log;
    return log;
  };
  const momentOf = ({ incarnation, count }: Log): Moment => ({ incarnation, count });
  const publish = (tell: (listener: SharedListener) => void) => {
    if (mute || silent) return;
    for (const link of links.values()) if (link.isLinked) link.wire.message(() => link.isLinked && tell(link.listener));
  };
  const endLease = (id: string) => {
    data.leases.delete(id);
    publish((listener) => listener.ready(id));
  };

  const invalidate = (request: InvalidateRequest) => {
    const { tags, mode, origin, repeats = 0, known } = request;
    const refuses = state === 'full';
    const before = refuses ? copyOf(data) : data;
    const log = standingLog(known);
    const count = repeats > 0 ? repeats : Math.max(log.count + 1, now() * 1000);
    log.count = Math.max(log.count, count);
    markTags(log, request, count, { cutoff: (now() - graceMs) * 1000, maxMarks });
    if (refuses) data = before;
    const moment = { incarnation: log.incarnation, count };
    publish((listener) => listener.invalidated(tags, mode, moment, origin));
    return { moment, marked: !refuses };
  };

  const link = (handle: object) => {
    const found = links.get(handle);
    if (!found || found.isLinked || mute || state === 'refusing') return;
    found.isLinked = true;
    found.listener.linked();
  };
  const linkAll = () => {
    for (const [handle, { wire }] of links) wire.message(() => link(handle));
  };
  const cutLinks = () => {
    for (const found of links.values()) {
      if (!found.isLinked) continue;
      found.isLinked = false;
      found.wire.message(() => found.listener.unlinked());
    }
    connections += 1;
  };
  const cut = () => {
    cutLinks();
    linkAll();
  };

  return {
    onCommit: () => {},
    connect(wire = straight) {
      const handle = {};
      /** Sends one command: both ways take their time, and a command may be done without its reply arriving. */
      const command = <Reply>(effect: () => Reply): Promise<Reply> =>
        new Promise((resolve, reject) => {
          const connection = connections;
          const refuse = () => reject(new Error('connection refused'));
          const arrive = () => {
            if (state === 'refusing' || connection !== connections) return wire.reply(refuse);
            if (state === 'hanging') return void held.push(arrive);
            if (state === 'readonly') return wire.reply(() => reject(new Error('READONLY')));
            const reply = effect();
            wire.reply(() => (connection === connections ? resolve(reply) : refuse()));
          };
          if (state === 'refusing') refuse();
          else wire.request(arrive);
        });
      return {
        read: ({ entries: asked, tags, since, known }) =>
          command(() => {
            const log = standingLog(known);
            const entries = asked.map(({ id, head }) => {
              const bytes = live(data.entries, id)?.value;
              const isHeld = head !== '' && bytes !== FOREIGN && headOf(bytes) === head;
              return isHeld ? 'unchanged' : bytes;
            });
            const told = (mark = 0) => (mark > since ? mark : 0);
            return {
              moment: momentOf(log),
              floor: log.floor,
              now: now(),
              entries: entries.map((bytes) => (bytes === FOREIGN ? undefined : bytes)),
              foreign: asked.flatMap(({ id }, index) => (entries[index] === FOREIGN ? id : [])),
              marks: tags.map((tag) => ({
                soft: told(log.marks.get(`soft ${tag}`)),
                hard: told(log.marks.get(`hard ${tag}`)),
              })),
            };
          }),
        acquire: ({ id, lease, ttlMs, head }) =>
          command(() => {
            const bytes = live(data.entries, id)?.value;
            if (headOf(bytes === FOREIGN ? undefined : bytes) !== head) return 'changed';
            if (state === 'full') return 'refused';
            if (live(data.leases, id)) return 'held';
            data.leases.set(id, { value: lease, until: now() + ttlMs });
            return 'won';
          }),
        renew: ({ id, lease, ttlMs }) =>
          command(() => {
            if (live(data.leases, id)?.value !== lease) return false;
            data.leases.set(id, { value: lease, until: now() + ttlMs });
            return true;
          }),
        release: ({ id, lease }) =>
          command(() => {
            if (live(data.leases, id)?.value === lease) endLease(id);
          }),
        commit: (commit) =>
          command(() => {
            if (live(data.leases, commit.id)?.value !== commit.lease || state === 'full') return false;
            this.onCommit(commit);
            data.entries.set(commit.id, { value: commit.bytes, until: now() + commit.ttlMs });
            endLease(commit.id);
            return true;
          }),
        invalidate: (request) => command(() => invalidate(request)),
        ping: () =>
          new Promise((resolve, reject) => {
            const own = links.get(handle);
            if (!own?.isLinked) return reject(new Error('no link'));
            // Only what was sent before it counts, which is on its way already: one delay will do.
            if (!silent && state !== 'hanging') wire.message(() => own.isLinked && resolve());
          }),
        open: (listener) => {
          links.set(handle, { listener, wire, isLinked: false });
          wire.message(() => link(handle));
        },
        close: async () => {
          links.delete(handle);
        },
      };
    },
    setState: (next) => {
      state = next;
      if (next === 'refusing') cutLinks();
      else linkAll();
      const waiting = held;
      held = [];
      for (const arrive of waiting) arrive();
    },
    wipe: () => {
      data = emptyData();
    },
    cut,
    save: () => {
      dump = copyOf(data);
    },
    restart: (on) => {
      data = on === 'dump' ? copyOf(dump) : emptyData();
      run += 1;
      cut();
    },
    setMute: (next) => {
      mute = next;
      cut();
    },
    setSilent: (next) => {
      silent = next;
      // The process notices a silent line by its pings and opens another.
      if (!next) cut();
    },
    setWall: (byMs) => {
      wallMs += byMs;
    },
    evictLog: () => {
      data.log = undefined;
    },
    evictEntry: (id) => {
      data.entries.delete(id);
    },
    setForeign: (id) => {
      data.entries.set(id, { value: FOREIGN, until: Number.POSITIVE_INFINITY });
    },
    entryBytes: (id) => live(data.entries, id)?.value,
    setEntryBytes: (id, value) => {
      data.entries.set(id, { value, until: now() + 3_600_000 });
    },
    mark: (tag, mode) => data.log?.marks.get(`${mode} ${tag}`) ?? 0,
  };
}
