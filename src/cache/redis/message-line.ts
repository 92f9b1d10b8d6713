import type { Redis } from 'ioredis';
import type { Clock } from '../../core/clock.js';
import { AppError } from '../../core/errors.js';

/** The connection on which messages arrive. */
export interface MessageLine {
  open(listener: { linked(): void; unlinked(): void; message(text: string): void }): void;
  /** Resolves when all that was published before the call has been delivered. Rejects while there is no line, or when it breaks. */
  ping(): Promise<void>;
  close(): void;
}

/** How long after a failure the line is opened again: doubled each time up to the longest, until it has stood. */
const RELINK_MS = 100;
const RELINK_MAX_MS = 5000;

/** A line that is opened again whenever it breaks, or when a ping on it is not answered in time (see `forMessages` in redis-connection.ts). */
export function createMessageLine(options: {
  subscribe: () => Redis | undefined;
  channel: string;
  clock: Clock;
}): MessageLine {
  const { subscribe, channel, clock } = options;
  let current: Redis | undefined;
  let isLinked = false;
  let breakLine = () => {};
  let cancelRelink = () => {};
  let relinkMs = RELINK_MS;
  let closed = false;

  const open: MessageLine['open'] = (listener) => {
    const line = subscribe();
    current = line;
    const reopen = () => {
      if (current !== line || closed) return;
      current = undefined;
      if (isLinked) listener.unlinked();
      isLinked = false;
      line?.disconnect();
      cancelRelink = clock.after(relinkMs, () => open(listener));
      relinkMs = Math.min(2 * relinkMs, RELINK_MAX_MS);
    };
    breakLine = reopen;
    if (!line) return reopen();
    line.on('message', (_, text) => listener.message(text));
    line.on('close', reopen);
    const subscribed = async () => {
      await line.connect();
      await line.subscribe(channel);
      if (current !== line || closed) return;
      isLinked = true;
      relinkMs = RELINK_MS;
      listener.linked();
    };
    subscribed().catch(reopen);
  };

  return {
    open,
    ping: async () => {
      const line = current;
      if (!line || !isLinked) throw new AppError('CACHE_ERROR', 'No message line to Redis');
      await line.ping().catch((error: unknown) => {
        if (current === line) breakLine();
        throw error;
      });
    },
    close: () => {
      closed = true;
      cancelRelink();
      current?.disconnect();
    },
  };
}
