import type { ServerResponse } from 'node:http';
import type { Clock } from '../../core/clock.js';

/**
 * The requests that are worked on, those of each connection by themselves. Arrays, because a Set to which every request is
 * added makes itself a new table every few requests, and each old table that has grown old keeps the next one, with its
 * answers, from the collector of what is young.
 */
export type Connections = Set<readonly ServerResponse[]>;

export interface UnderWay {
  /** Is filled by the server's gate. */
  readonly connections: Connections;
  count(): number;
  /** Resolves when what is worked on at the time of the call has been answered. */
  answered(): Promise<void>;
}

/** How often it is looked whether the last of them are answered. */
const POLL_MS = 20;

export function createUnderWay(options: { clock: Clock }): UnderWay {
  const connections: Connections = new Set();
  const all = () => [...connections].flat();
  return {
    connections,
    count: () => all().length,
    answered: async () => {
      let waitedFor = all();
      while (waitedFor.length > 0) {
        await new Promise<void>((resolve) => options.clock.after(POLL_MS, resolve));
        const left = new Set(all());
        waitedFor = waitedFor.filter((response) => left.has(response));
      }
    },
  };
}
