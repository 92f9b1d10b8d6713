import { type Cache, createCache, type GetOptions } from '../../../src/cache/cache.js';
import { createCacheEvents } from '../../../src/cache/cache-events.js';
import { storeIdOf } from '../../../src/cache/entry-format.js';
import type { InvalidationMode } from '../../../src/cache/invalidation-log.js';
import type { LoadContext, Loaded } from '../../../src/cache/loading/run-load.js';
import { createMemoryStore } from '../../../src/cache/memory-store.js';
import { seededRandom } from '../../support/data/seeded-random.js';
import { createFakeClock, ticks } from '../../support/fake-clock.js';
import { createSimulatedRedis } from '../support/simulated-redis.js';
import { createHistory, modelPolicy, PART_MS, type TrueAsk, type TrueLoad, type Value } from './history.js';
import { createProcessLife, type ProcessLife } from './process-life.js';
import type { RedisStep, Step } from './steps.js';
import { createWatchedStores } from './watched-stores.js';

/**
 * Keys with the tags given up front and those found in the value; a tag of one is known late by the other. One of them is that of
 * a part, which both find in memory, or read and keep there.
 */
const keys = [
  { key: 'a', tags: ['section:a', 'shared'], late: ['item:1', 'item:2'] },
  { key: 'b', tags: ['section:b', 'item:1'], late: ['shared', 'item:2'] },
] as const;
const partKey = { name: 'part', tags: ['item:2'] } as const;
const PART_READ_MS = 10;
export const tagNames = ['section:a', 'section:b', 'shared', 'item:1', 'item:2'] as const;

const PROCESSES = 3;
/** After a disturbance it takes this long (a lease, a tier that is down, what is still on its way) until calm rules hold again. */
const CALM_AFTER_MS = 8000;

/** In this time everything that is still under way has ended. */
const FINAL_MS = 10_000;
/** A process notices that it was stopped for so long. */
const NOTICED_MS = 800;

interface Running {
  life: ProcessLife;
  cache: Cache;
  /** Key and when its load began. */
  loading: Map<string, number>;
}

/** Three processes, one store and one source under a script; every answer is checked against the history at once. */
export function createWorld(seed: number) {
  const random = seededRandom(seed);
  const clock = createFakeClock({ rest: ticks });
  const redis = createSimulatedRedis({ clock });
  const history = createHistory();
  const faults: Error[] = [];
  const unanswered = new Set<TrueAsk>();
  const thrown = new Set<unknown>();
  const source = { fails: false, loadMs: 20, heedsAbort: true };
  /** What is out of order now: the store, or a process that thinks it is. */
  const troubles = new Set<unknown>();
  let calmFrom = 0;
  const paused = new Map<number, { order: number; at: number }>();
  let isSlow = false;

  const disturb = () => {
    calmFrom = Math.max(calmFrom, clock.monotonic() + CALM_AFTER_MS);
  };
  const trouble = (what: unknown, isThere: boolean) => {
    disturb();
    if (isThere) troubles.add(what);
    else troubles.delete(what);
  };
  const wasCalmSince = (began: number) => troubles.size === 0 && began >= calmFrom;
  const note = (check: () => void) => {
    try {
      check();
    } catch (error) {
      if (error instanceof Error) faults.push(error);
    }
  };
  const { onCommit, watched, stored } = createWatchedStores({ history, clock, faults });
  redis.onCommit = onCommit;

  const boot = (process: number): Running => {
    history.forgetProcess(process);
    const life = createProcessLife({ clock, delayMs: () => (isSlow ? 10 + random() * 100 : 0.5 + random() * 8) });
    const events = createCacheEvents();
    events.on('tierDown', () => {
      trouble(life, life.isAlive);
      if (life.isAlive) history.away(process, true);
    });
    events.on('tierUp', () => {
      trouble(life, false);
      if (life.isAlive) history.away(process, false);
    });
    const shared = watched(life.connect(redis), process, () => life.isAlive);
    const memory = createMemoryStore({ maxBytes: 1_000_000 });
    const tools = { memory, shared, clock: life.clock, events, random };
    // The last one keeps nothing that it serves without a look.
    const alwaysLook = process === PROCESSES - 1;
    const cache = createCache({ ...tools, loadLimitMs: 600_000, alwaysLook });
    cache.start();
    return { life, cache, loading: new Map() };
  };
  const processes = Array.from({ length: PROCESSES }, (_, process) => boot(process));

  /** The load by which the part was read. */
  const readPart = async (process: number, { cache, life }: Running, fresh: boolean): Promise<TrueLoad> => {
    const held = fresh ? undefined : (await cache.parts.take([partKey], PART_MS)).get(partKey.name);
    if (held !== undefined) return held.value as TrueLoad;
    const keep = cache.parts.begin();
    const times = { beganAt: clock.monotonic(), readAt: life.clock.now() };
    const begun = history.beginLoad({ key: partKey.name, process, tags: partKey.tags, ...times });
    await new Promise<void>((resolve) => clock.after(PART_READ_MS, () => life.when(resolve)));
    begun.ended = { at: clock.monotonic(), failed: false };
    keep(partKey, begun);
    return begun;
  };

  const load = (
    process: number,
    running: Running,
    key: (typeof keys)[number],
    { signal, fresh }: Pick<LoadContext, 'signal' | 'fresh'>,
  ) => {
    const others = processes.filter((other) => other !== running && wasCalmSince(other.loading.get(key.key) ?? -1));
    if (running.loading.has(key.key)) faults.push(new Error(`process ${process} loads ${key.key} twice at a time`));
    if (others.length > 0) faults.push(new Error(`two processes load ${key.key} at a time`));
    running.loading.set(key.key, clock.monotonic());
    const { fails, loadMs, heedsAbort } = source;
    const tags = [...key.tags, ...key.late];
    const beganAt = clock.monotonic();
    const begun = history.beginLoad({ key: key.key, process, tags, beganAt, readAt: running.life.clock.now() });
    return new Promise<Loaded<Value>>((resolve, reject) => {
      /** Without a part it has failed. */
      const end = (part?: TrueLoad) => {
        if (begun.ended) return;
        begun.ended = { at: clock.monotonic(), failed: part === undefined };
        running.loading.delete(key.key);
        if (part !== undefined) {
          const value = { load: begun.id, part: part.id };
          return resolve({ value, tags: key.late, partsAgeMs: Math.max(0, beganAt - part.beganAt) });
        }
        const error = new Error(`load ${begun.id} failed`);
        thrown.add(error);
        reject(error);
      };
      const ended = () => (fails ? end() : void readPart(process, running, fresh).then(end));
      clock.after(loadMs, () => running.life.when(ended));
      if (heedsAbort) signal.addEventListener('abort', () => end());
    });
  };

  const get = (process: number, index: number, fresh: boolean, leaveAfterMs: number) => {
    const running = processes[process];
    const key = keys[index];
    if (!running || !key) return;
    const ask: TrueAsk = {
      key: key.key,
      process,
      fresh,
      asked: history.next(),
      askedAt: clock.monotonic(),
      left: false,
    };
    const controller = new AbortController();
    const reason = new Error('left');
    const leave = () => {
      ask.left = true;
      controller.abort(reason);
    };
    if (leaveAfterMs > 0) running.life.clock.after(leaveAfterMs, leave);
    unanswered.add(ask);
    const options: GetOptions<Value> = {
      ...{ label: key.key, tags: key.tags, policy: modelPolicy, fresh, signal: controller.signal },
      load: (context) => load(process, running, key, context),
    };
    // As the short way asks: what is at hand first, then what Redis says of it.
    const { cache } = running;
    const hand = [{ name: key.key, label: key.key, policy: modelPolicy }] as const;
    const atHand = async () =>
      cache.present<Value>(hand, () => options) ?? (await cache.look<Value>(hand, () => options)) ?? [];
    const get = () => cache.get(key.key, options);
    const isLong = fresh || leaveAfterMs > 0 || random() < 0.5;
    const answer = isLong ? get() : atHand().then(([result]) => result ?? get());
    answer
      .then(
        (result) => note(() => history.checkAnswer(ask, result, clock.monotonic())),
        (error: unknown) => {
          const isOwn = error === reason || thrown.has(error);
          if (!isOwn) faults.push(new Error('rejected with an error of its own', { cause: error }));
          note(() => history.checkFailure(ask, clock.monotonic()));
        },
      )
      .finally(() => unanswered.delete(ask));
  };

  const invalidate = (process: number, tag: string, mode: InvalidationMode) => {
    const running = processes[process];
    if (!running) return;
    history.invalidate(process, tag, mode);
    void running.cache.invalidate([tag], mode);
  };

  const setRedis = (step: RedisStep) => {
    disturb();
    switch (step) {
      case 'slow':
      case 'quick':
        isSlow = step === 'slow';
        return trouble('slow', isSlow);
      case 'mute':
      case 'heard':
        redis.setMute(step === 'mute');
        return trouble('mute', step === 'mute');
      case 'silent':
      case 'loud':
        redis.setSilent(step === 'silent');
        return trouble('silent', step === 'silent');
      case 'cut':
        return redis.cut();
      case 'saved':
        return redis.save();
      case 'entry evicted':
        return redis.evictEntry(storeIdOf(keys[0].key));
      case 'foreign type':
        return redis.setForeign(storeIdOf(keys[0].key));
      case 'wiped':
      case 'restarted':
      case 'restored':
      case 'log evicted':
        history.lose();
        stored.clear();
        if (step === 'wiped') redis.wipe();
        else if (step === 'log evicted') redis.evictLog();
        else redis.restart(step === 'restored' ? 'dump' : 'nothing');
        return;
      default:
        redis.setState(step);
        trouble('down', step !== 'up');
    }
  };

  // What a paused process is told to do it does when it goes on.
  const inside = (process: number, action: () => void) => processes[process]?.life.when(action);

  const run = async (step: Step): Promise<void> => {
    if (step.kind === 'get') {
      inside(step.process, () => get(step.process, step.key, step.fresh, step.leaveAfterMs));
    } else if (step.kind === 'invalidate') {
      inside(step.process, () => invalidate(step.process, tagNames[step.tag] ?? 'shared', step.mode));
    } else if (step.kind === 'source') Object.assign(source, step);
    else if (step.kind === 'redis') setRedis(step.state);
    else if (step.kind === 'wait') await clock.advance(step.ms);
    else if (step.kind === 'wall') processes[step.process]?.life.setWall(step.byMs);
    else {
      disturb();
      if (step.kind === 'pause') pause(step.process);
      else if (step.kind === 'resume') resume(step.process);
      else restart(step.process);
    }
  };

  const pause = (process: number) => {
    const { life } = processes[process] ?? {};
    if (!life || life.isPaused) return;
    paused.set(process, { order: history.next(), at: clock.monotonic() });
    life.pause();
  };
  const resume = (process: number) => {
    const { life } = processes[process] ?? {};
    const since = paused.get(process);
    if (!life?.isPaused || !since) return;
    history.stood(process, clock.monotonic() - since.at);
    if (clock.monotonic() - since.at > NOTICED_MS) history.stopped(process, since.order);
    life.resume();
  };

  const restart = (process: number) => {
    const old = processes[process];
    old?.life.die();
    trouble(old?.life, false);
    for (const ask of unanswered) if (ask.process === process) unanswered.delete(ask);
    processes[process] = boot(process);
  };

  return {
    /** Runs the script to its end and lets everything come to rest. The first thing that was wrong is thrown. */
    play: async (steps: readonly Step[]): Promise<void> => {
      for (const step of steps) {
        await run(step);
        await clock.advance(1);
        if (faults[0]) throw faults[0];
      }
      for (const step of ['quick', 'heard', 'loud', 'up'] as const) setRedis(step);
      source.loadMs = 0;
      for (const process of processes.keys()) resume(process);
      await clock.advance(FINAL_MS);
      for (const { cache } of processes) void cache.close();
      if (unanswered.size > 0) faults.push(new Error(`never answered: ${JSON.stringify([...unanswered])}`));
      if (faults[0]) throw faults[0];
    },
  };
}
