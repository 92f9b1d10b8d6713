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
  /** Of `entryName`. */
  readonly name: string;
  readonly label: string;
  readonly policy: CachePolicy;
}

/** An answer of a copy, and whether the copy has to be renewed. */
export interface Held {
  readonly answer: CacheResult<unknown>;
  readonly from: 'copy' | 'grace';
  readonly isDue: boolean;
}

/** What copies in memory answer without a load. */
export interface AtHand {
  /** The copy, if this process may judge it by what it has heard. While the shared tier is away, that is every copy. */
  trusted(name: string, policy: CachePolicy): Copy | undefined;
  /** The answer of such a copy: fresh, stale, or in grace while its source is backed off. */
  held(name: string, ask: Ask): Held | undefined;
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
  renew: (name: string, ask: Ask) => void;
}): AtHand {
  const { memory, shared, answers, failures, clock, events, alwaysLook, renew } = options;

  /** Whether copies can be judged at all by what this process has heard. */
  const isListening = () => !shared?.tier.available || (!alwaysLook && shared.link.isHeard);
  const isChecked = (copy: Copy, policy: CachePolicy, now: number) =>
    !shared?.tier.available || (copy.epoch === shared.link.epoch && now < copy.checkedAt + policy.memoryMs);

  const trusted = (name: string, policy: CachePolicy): Copy | undefined => {
    const copy = memory.get(name);
    return copy && isListening() && isChecked(copy, policy, clock.monotonic()) ? copy : undefined;
  };

  const heldBy = (copy: Copy, name: string, ask: Ask): Held | undefined => {
    const state = answers.state(copy, ask.policy);
    const isBackedOff = state !== 'fresh' && failures.standing(name, state !== 'dead', ask.policy) !== undefined;
    const answer = answers.answer(copy, ask);
    if (answer) {
      const isDue = state === 'stale' && !isBackedOff && !answers.isCalm(copy, ask.policy);
      return { answer, from: 'copy', isDue };
    }
    const inGrace = isBackedOff ? answers.graceAnswer(copy, ask) : undefined;
    return inGrace && { answer: inGrace, from: 'grace', isDue: false };
  };

  /** Looks that are not sent yet, by name: requests that come together share them. */
  const looking = new Map<string, Promise<Copy | undefined>>();
  const lookFor = (copy: Copy, { name, policy }: HandKey, ask: () => Ask): Promise<Copy | undefined> => {
    const known = looking.get(name);
    if (known !== undefined) return known;
    const look = async () => {
      copy.storeId ??= storeIdOf(name);
      const looked = await shared?.lookUp(name, copy.storeId, ask(), shared.tier.requestBudget());
      // The shared tier is away by now: what memory holds is all that there is.
      return looked === undefined ? trusted(name, policy) : looked.copy;
    };
    const begun = look();
    // Behind the sending, which was put off just now or before.
    if (looking.size === 0) clock.soon(() => looking.clear());
    looking.set(name, begun);
    return begun;
  };

  /** Tells what is served, and renews what is due. */
  const serve = (
    keys: readonly HandKey[],
    found: readonly (Held | CacheResult<unknown>)[],
    askOf: (index: number) => Ask,
  ): CacheResult<unknown>[] =>
    found.map((one, index) => {
      const { name = '', label = '' } = keys[index] ?? {};
      const answer = 'answer' in one ? one.answer : one;
      emitServed(events, label, answer, 'from' in one ? one.from : 'copy');
      if ('isDue' in one && one.isDue) renew(name, askOf(index));
      return answer;
    });

  return {
    trusted,
    held: (name, ask) => {
      const copy = trusted(name, ask.policy);
      return copy && heldBy(copy, name, ask);
    },
    present: (keys, askOf) => {
      if (!isListening()) return undefined;
      const now = clock.monotonic();
      const found: (Held | CacheResult<unknown>)[] = [];
      for (const { name, policy } of keys) {
        const copy = memory.get(name);
        if (copy === undefined || !isChecked(copy, policy, now)) return undefined;
        const one = answers.fresh(copy, policy, now) ?? heldBy(copy, name, askOf(found.length));
        if (one === undefined) return undefined;
        found.push(one);
      }
      return serve(keys, found, askOf);
    },
    look: (keys, askOf) => {
      if (!shared?.tier.available) return undefined;
      const held: Copy[] = [];
      for (const { name } of keys) {
        const copy = memory.get(name);
        if (copy === undefined) return undefined;
        held.push(copy);
      }
      const looks = keys.map((key, index) => {
        const copy = held[index];
        return copy && lookFor(copy, key, () => askOf(index));
      });
      return Promise.all(looks).then((copies) => {
        const now = clock.monotonic();
        const found: (Held | CacheResult<unknown>)[] = [];
        for (const [index, { name, policy }] of keys.entries()) {
          const copy = copies[index];
          const one = copy && (answers.fresh(copy, policy, now) ?? heldBy(copy, name, askOf(index)));
          if (one === undefined) return undefined;
          found.push(one);
        }
        return serve(keys, found, askOf);
      });
    },
  };
}
