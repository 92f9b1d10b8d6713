import type { Clock } from '../../core/clock.js';
import type { SharedStore } from './shared-store.js';

/** Whether this process hears of every invalidation: whether the link on which messages come stands, and is heard. */
export interface SharedLink {
  /**
   * Number of the present link, 0 while there is none. What was checked on an earlier link must be checked again: invalidations in
   * between may have been missed.
   */
  readonly epoch: number;
  /** How many links there have been: a caller who asks on a new one is not answered with what was found out on an earlier one. */
  readonly epochs: number;
  /** Whether every message of up to two seconds ago has been delivered, and this process was not stopped meanwhile. */
  readonly isHeard: boolean;
  linked(): void;
  unlinked(): void;
  close(): void;
}

/** How often the link is tried. */
const PING_MS = 250;
/** A message that was sent longer ago than this has been heard, or the link counts as silent. */
const HEARD_WITHIN_MS = 2000;
/** A process whose pings are so far apart was stopped or busy: messages may wait in its sockets behind the requests that it reads first. */
const LATE_MS = 2 * PING_MS;

export function createSharedLink(options: { store: SharedStore; clock: Clock }): SharedLink {
  const { store, clock } = options;
  let epochs = 0;
  let epoch = 0;
  /** Every message that was sent before has been delivered. */
  let heardUpTo = Number.NEGATIVE_INFINITY;
  let pingedAt = Number.NEGATIVE_INFINITY;
  let cancelPing = () => {};

  const ping = () => {
    const now = clock.monotonic();
    // Stopped in between: what was heard before counts no longer, and this ping tells when the process has caught up.
    if (now - pingedAt > LATE_MS) heardUpTo = Number.NEGATIVE_INFINITY;
    pingedAt = now;
    const sentOn = epoch;
    const heard = () => {
      if (epoch === sentOn && now > heardUpTo) heardUpTo = now;
    };
    // The store opens a link again that fails; until then nothing is heard.
    store.ping().then(heard, () => {});
  };
  const pingAgain = () => {
    ping();
    cancelPing = clock.after(PING_MS, pingAgain);
  };

  return {
    get epoch() {
      return epoch;
    },
    get epochs() {
      return epochs;
    },
    get isHeard() {
      if (epoch === 0) return false;
      const now = clock.monotonic();
      if (now - pingedAt > LATE_MS) ping();
      return now - heardUpTo < HEARD_WITHIN_MS;
    },
    linked: () => {
      epochs += 1;
      epoch = epochs;
      pingedAt = clock.monotonic();
      heardUpTo = pingedAt;
      cancelPing();
      cancelPing = clock.after(PING_MS, pingAgain);
    },
    unlinked: () => {
      epoch = 0;
      cancelPing();
    },
    close: () => cancelPing(),
  };
}
