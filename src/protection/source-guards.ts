import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
} from 'cockatiel';
import type { Clock } from '../core/clock.js';
import { createDeadline } from '../core/deadline.js';
import { AppError } from '../core/errors.js';
import type { ReadOptions } from '../database/collection-source.js';
import { createBulkhead } from './bulkhead.js';
import type { BreakerState, SourceEvents } from './protection-events.js';

/** Failures in a row that open a breaker, and for how long: doubled from the first to the last. */
const FAILURES_TO_OPEN = 5;
const FIRST_OPEN_MS = 1000;
const LAST_OPEN_MS = 30_000;
/** Loads that may wait for a place; their own time limits bound how long. */
const QUEUE = 1000;
/** Of the connections that the sections may hold together; a load holds two at most, its find's and its count's. */
const POOL_SHARE = 2 / 3;

/** A breaker (Nygard, "Release It!") and a bulkhead for the source of each section. */
export interface SourceGuards {
  /**
   * Runs a load of the section with this id when the bulkhead has a place for it. Rejects with the load's own error; at once,
   * with the last failure, while the section's breaker is open; and with `OVERLOADED` when too many loads wait already. The
   * load must use the `read` that it is given: one that probes the source goes on when its callers have left, because its
   * end tells whether the source works again.
   */
  run<Result>(section: string, load: (read: ReadOptions) => Promise<Result>, read: ReadOptions): Promise<Result>;
  /** By section id. */
  states(): Readonly<Record<string, BreakerState>>;
}

/** How much longer than `maxTimeMS` the driver waits: a server that lives ends the command itself, and the connection is kept. */
const SERVER_ENDS_MS = 500;

const stateNames: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

export function createSourceGuards(options: {
  /** Ids of the sections that there are. */
  sections: readonly string[];
  /** Connections to the database. */
  poolSize: number;
  events: SourceEvents;
  clock: Clock;
}): SourceGuards {
  const { sections, poolSize, events, clock } = options;
  const places = Math.max(1, Math.floor((poolSize * POOL_SHARE) / sections.length));
  const guards = new Map(sections.map((id) => [id, createGuard(id, places, events)]));
  const guardOf = (id: string) => {
    const guard = guards.get(id);
    if (guard === undefined) throw new TypeError(`${id} is no section of the registry`);
    return guard;
  };

  /**
   * Only its own time ends a load that has begun, not its callers' leaving: the driver calls a command off by closing its
   * connection, so that impatient clients would cost a connection each.
   */
  const toItsEnd = <Result>(load: (read: ReadOptions) => Promise<Result>, { remainingMs }: ReadOptions) => {
    const timeoutMs = remainingMs();
    const endsAt = clock.now() + timeoutMs;
    const deadline = createDeadline({ clock, timeoutMs: timeoutMs + SERVER_ENDS_MS });
    return load({
      signal: deadline.signal,
      remainingMs: () => Math.max(0, endsAt - clock.now()),
    }).finally(deadline.dispose);
  };

  return {
    states: () => Object.fromEntries([...guards].map(([id, { breaker }]) => [id, stateNames[breaker.state]])),
    run: async (section, load, read) => {
      const { breaker, bulkhead } = guardOf(section);
      const attempt = async () => {
        // cockatiel would let all others wait for the load that probes.
        if (breaker.state === CircuitState.HalfOpen) throw new BrokenCircuitError();
        return breaker.execute(() => toItsEnd(load, read));
      };
      try {
        return await bulkhead.run(attempt, read.signal);
      } catch (error) {
        if (error instanceof AppError && error.code === 'OVERLOADED') {
          events.emit('shed', { reason: 'source', label: section });
        }
        throw error instanceof BrokenCircuitError ? (lastError(breaker) ?? error) : error;
      }
    },
  };
}

function createGuard(label: string, places: number, events: SourceEvents) {
  const breaker = circuitBreaker(handleWhen(isSourceFailure), {
    halfOpenAfter: new ExponentialBackoff({ initialDelay: FIRST_OPEN_MS, maxDelay: LAST_OPEN_MS }),
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });
  breaker.onStateChange((state) => events.emit('breaker', { label, state: stateNames[state] }));
  return { breaker, bulkhead: createBulkhead({ places, maxQueue: QUEUE }) };
}

/**
 * Whether a failure counts against the source. A load that was aborted because its callers left does not, and neither does an
 * outage of the whole database: `database/` rejects at once meanwhile, and its end must be seen at once.
 */
function isSourceFailure(error: Error): boolean {
  if (error.name === 'AbortError') return false;
  return !(error instanceof AppError && error.code === 'DB_CONNECTION_ERROR');
}

/** The failure that opened the breaker, or kept it open: it stands for the loads that were not tried. */
function lastError({ lastFailure }: CircuitBreakerPolicy): Error | undefined {
  return lastFailure !== undefined && 'error' in lastFailure ? lastFailure.error : undefined;
}
