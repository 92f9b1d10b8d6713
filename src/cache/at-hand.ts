import type { CachePolicy } from '../core/cache-policy.js';
import type { Clock } from '../core/clock.js';
import type { Ask, CacheResult } from './ask.js';
import { type CacheEvents, emitServed } from './cache-events.js';
import type { CopyAnswers } from './copy-answers.js';
import type { Copy } from './entry.js';
import { storeIdOf } from './entry-format.js';
import type { Failures } from './loading/failed-loads.js';
import type { MemoryStore } from './memory-store.js';
import type { SharedSide } from './resolve.js';

/** One of the keys whose copies are asked for together. */
export interface HandKey {
  /** Its key. */
  readonly name: string;
  readonly label: string;
  readonly policy: CachePolicy;
}

/** An answer of a copy, and whether the copy has to be renewed. */
interface Held {
  readonly answer: CacheResult<unknown>;
  readonly from: 'copy' | 'grace';
  readonly isDue: boolean;
}

/** What copies in memory answer without a load. */
export interface AtHand {
  /** The copy, if this process may judge it by what it has heard. While the shared tier is away, that is every copy. */
  trusted(key: string, policy: CachePolicy): Copy | undefined;
  /** The answer of such a copy: fresh, stale, or in grace while its source is backed off. It is told of, and renewed where due. */
  take(key: string, ask: Ask): CacheResult<unknown> | undefined;
  /** See `Cache.present`. */
  present(keys: readonly HandKey[], askOf: (index: number) => Ask): CacheResult<unknown>[] | undefined;
  /** See `Cache.look`. */
  look(
    keys: readonly HandKey[],
    askOf: (index: number) => Ask,
  ): Promise<CacheResult<unknown>[] | undefined> | undefined;
}

export function createAtHand(options: {
  memory: MemoryStore;
  shared: SharedSide | undefined;
  answers: CopyAnswers;
  failures: Failures;
  clock: Clock;
  events: CacheEvents;
  /** No copy is trusted without a look at the shared tier, unless that is away. */
  alwaysLook: boolean;
  /** Renews a copy behind the answers. */
  renew: (key: string, ask: Ask) => void;
}): AtHand {
  const { memory, shared, answers, failures, clock, events, alwaysLook, renew } = options;

  /** Whether copies can be judged at all by what this process has heard. */
  const isListening = () => !shared?.tier.available || (!alwaysLook && shared.link.isHeard);
  const isChecked = (copy: Copy, policy: CachePolicy, now: number) =>
    !shared?.tier.available || (copy.epoch === shared.link.epoch && now < copy.checkedAt + policy.memoryMs);

  const trusted = (key: string, policy: CachePolicy): Copy | undefined => {
    const copy = memory.get(key);
    return copy && isListening() && isChecked(copy, policy, clock.monotonic()) ? copy : undefined;
  };

  const heldBy = (copy: Copy, key: string, ask: Ask): Held | undefined => {
    const state = answers.state(copy, ask.policy);
    const isBackedOff = state !== 'fresh' && failures.standing(key, state !== 'dead', ask.policy) !== undefined;
    const answer = answers.answer(copy, ask);
    if (answer) {
      const isDue = state === 'stale' && !isBackedOff && !answers.isCalm(copy, ask.policy);
      return { answer, from: 'copy', isDue };
    }
    const inGrace = isBackedOff ? answers.graceAnswer(copy, ask) : undefined;
    return inGrace && { answer: inGrace, from: 'grace', isDue: false };
  };

  const serve = ({ answer, from, isDue }: Held, { name, label }: Pick<HandKey, 'name' | 'label'>, askOf: () => Ask) => {
    emitServed(events, label, answer, from);
    if (isDue) renew(name, askOf());
    return answer;
  };

  /** All of the keys from the copies that `copyOf` trusts at this time (monotonic), or none. */
  const serveAll = (
    keys: readonly HandKey[],
    copyOf: (key: HandKey, index: number, now: number) => Copy | undefined,
    askOf: (index: number) => Ask,
  ): CacheResult<unknown>[] | undefined => {
    const now = clock.monotonic();
    // None is told of, or renewed, before all are found.
    const found: (() => CacheResult<unknown>)[] = [];
    for (const [index, key] of keys.entries()) {
      const copy = copyOf(key, index, now);
      if (copy === undefined) return undefined;
      const fresh = answers.fresh(copy, key.policy, now);
      const held: Held | undefined = fresh
        ? { answer: fresh, from: 'copy', isDue: false }
        : heldBy(copy, key.name, askOf(index));
      if (held === undefined) return undefined;
      found.push(() => serve(held, key, () => askOf(index)));
    }
    return found.map((serveFound) => serveFound());
  };

  /** Looks that are not sent yet, by key: requests that come together share them. */
  const looking = new Map<string, Promise<Copy | undefined>>();
  const lookFor = (copy: Copy, { name, policy }: HandKey, askOf: () => Ask): Promise<Copy | undefined> => {
    const known = looking.get(name);
    if (known !== undefined) return known;
    const look = async () => {
      copy.storeId ??= storeIdOf(name);
      const looked = await shared?.lookUp(name, copy.storeId, askOf(), shared.tier.requestBudget());
      // The shared tier is away by now: what memory holds is all that there is.
      return looked === undefined ? trusted(name, policy) : looked.copy;
    };
    const begun = look();
    // Behind the sending, which was put off just now or before.
    if (looking.size === 0) clock.soon(() => looking.clear());
    looking.set(name, begun);
    return begun;
  };

  return {
    trusted,
    take: (key, ask) => {
      const copy = trusted(key, ask.policy);
      const held = copy && heldBy(copy, key, ask);
      return held && serve(held, { name: key, label: ask.label }, () => ask);
    },
    present: (keys, askOf) => {
      if (!isListening()) return undefined;
      const checked = ({ name, policy }: HandKey, _index: number, now: number) => {
        const copy = memory.get(name);
        return copy && isChecked(copy, policy, now) ? copy : undefined;
      };
      return serveAll(keys, checked, askOf);
    },
    look: (keys, askOf) => {
      if (!shared?.tier.available) return undefined;
      const copies: Copy[] = [];
      for (const { name } of keys) {
        const copy = memory.get(name);
        if (copy === undefined) return undefined;
        copies.push(copy);
      }
      const looks = keys.map((key, index) => {
        const copy = copies[index];
        return copy && lookFor(copy, key, () => askOf(index));
      });
      return Promise.all(looks).then((looked) => serveAll(keys, (_key, index) => looked[index], askOf));
    },
  };
}
