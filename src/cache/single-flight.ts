/** One caller of a flight. Answering it takes it off the flight. */
export interface Waiter<Ask, Answer> {
  readonly ask: Ask;
  answer(answer: Answer): void;
  fail(error: unknown): void;
}

/** The one piece of work that is under way for a key in this process. */
export interface Flight<Ask, Answer> {
  readonly key: string;
  /** The callers that still wait. */
  readonly waiters: ReadonlySet<Waiter<Ask, Answer>>;
  /** Aborts when the last caller has left, or the cache is closed. */
  readonly signal: AbortSignal;
  /** Whether it goes on without callers: the renewal of a stale copy. */
  readonly background: boolean;
  /** From now on it goes on without callers. */
  detach(): void;
}

export interface SingleFlight<Ask, Answer> {
  /** Waits for the key's flight, a new one if there is none. Rejects with the signal's reason when that aborts. */
  join(key: string, ask: Ask, signal: AbortSignal | undefined): Promise<Answer>;
  /** Starts a flight without callers unless there is one. */
  renew(key: string, ask: Ask): void;
  close(): void;
}

interface Running<Ask, Answer> extends Flight<Ask, Answer> {
  waiters: Set<Waiter<Ask, Answer>>;
  background: boolean;
  abort(reason: unknown): void;
}

/** Not the reason of the last caller to leave: that its time was over says nothing of the work. */
const lastCallerLeft = () => new DOMException('The last caller has left', 'AbortError');

/**
 * At most one flight for each key. A caller may leave at any time and takes no other caller's result away; when the last one
 * leaves, the flight's signal aborts. Callers whom a flight could not answer (they asked for something newer than it loads,
 * or it was aborted when they came) go together into the next one.
 */
export function createSingleFlight<Ask, Answer>(options: {
  run: (flight: Flight<Ask, Answer>, ask: Ask) => Promise<void>;
}): SingleFlight<Ask, Answer> {
  const flights = new Map<string, Running<Ask, Answer>>();
  let closed: DOMException | undefined;

  const start = (key: string, ask: Ask, waiters: Set<Waiter<Ask, Answer>>, background: boolean) => {
    const controller = new AbortController();
    const flight: Running<Ask, Answer> = {
      key,
      waiters,
      background,
      signal: controller.signal,
      abort: (reason) => controller.abort(reason),
      detach: () => {
        flight.background = true;
      },
    };
    flights.set(key, flight);
    void options
      .run(flight, ask)
      // The work answers its callers itself; what it throws is a defect, and must not leave them waiting.
      .catch((error: unknown) => {
        for (const waiter of waiters) waiter.fail(error);
      })
      .then(() => {
        flights.delete(key);
        const [next] = waiters;
        if (next) start(key, next.ask, waiters, false);
      });
    return flight;
  };

  return {
    join: (key, ask, signal) =>
      new Promise((resolve, reject) => {
        if (closed ?? signal?.aborted) return reject(closed ?? signal?.reason);
        const end = () => {
          waiters.delete(waiter);
          signal?.removeEventListener('abort', leave);
        };
        const waiter: Waiter<Ask, Answer> = {
          ask,
          answer: (answer) => {
            end();
            resolve(answer);
          },
          fail: (error) => {
            end();
            reject(error);
          },
        };
        const leave = () => {
          waiter.fail(signal?.reason);
          const flight = flights.get(key);
          if (flight?.waiters === waiters && waiters.size === 0 && !flight.background) flight.abort(lastCallerLeft());
        };
        const running = flights.get(key);
        const waiters = running?.waiters ?? new Set();
        waiters.add(waiter);
        signal?.addEventListener('abort', leave, { once: true });
        if (!running) start(key, ask, waiters, false);
      }),
    renew: (key, ask) => {
      if (!closed && !flights.has(key)) start(key, ask, new Set(), true);
    },
    close: () => {
      closed = new DOMException('The cache was closed', 'AbortError');
      for (const flight of flights.values()) {
        flight.abort(closed);
        // Not every load listens to its signal.
        for (const waiter of flight.waiters) waiter.fail(closed);
      }
    },
  };
}
