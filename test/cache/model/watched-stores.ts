import { headOf } from '../../../src/cache/entry-format.js';
import type { Commit, SharedStore } from '../../../src/cache/shared/shared-store.js';
import type { Clock } from '../../../src/core/clock.js';
import type { createHistory } from './history.js';

/** The shared store as the processes use it, with all that it tells and is told put down in the history. */
export function createWatchedStores(options: {
  history: ReturnType<typeof createHistory>;
  clock: Clock;
  /** Is given what must not happen. */
  faults: Error[];
}) {
  const { history, clock, faults } = options;
  /** The last load that was stored, by id. */
  const stored = new Map<string, number>();
  const loadByHead = new Map<string, number>();
  const onCommit = ({ id, bytes }: Commit) => {
    const load = loadIn(bytes);
    loadByHead.set(headOf(bytes), load);
    if (load < (stored.get(id) ?? -1)) faults.push(new Error(`load ${load} overwrote a newer entry`));
    stored.set(id, load);
  };

  const watched = (store: SharedStore, process: number, isCurrent: () => boolean): SharedStore => ({
    ...store,
    read: async (request) => {
      const began = history.next();
      const reading = await store.read(request);
      for (const [index, bytes] of reading.entries.entries()) {
        const { head = '' } = request.entries[index] ?? {};
        const load = bytes === 'unchanged' ? loadByHead.get(head) : bytes && loadIn(bytes);
        if (load !== undefined) history.see(process, load, began);
      }
      return reading;
    },
    invalidate: async (request) => {
      const sentAt = history.next();
      const end = history.send(process, request, sentAt);
      const done = store.invalidate({ ...request, origin: `${request.origin}|${process}|${sentAt}` });
      const reply = await done.finally(end);
      if (reply.marked) history.acknowledge(process, request, sentAt, clock.monotonic());
      return reply;
    },
    open: (listener) =>
      store.open({
        ...listener,
        linked: () => {
          listener.linked();
          if (isCurrent()) history.link(process, true);
        },
        unlinked: () => {
          listener.unlinked();
          if (isCurrent()) history.link(process, false);
        },
        invalidated: (tags, mode, moment, origin) => {
          const [from = '', sender, sentAt] = origin.split('|');
          listener.invalidated(tags, mode, moment, from);
          if (isCurrent()) history.message(process, tags, mode, Number(sender), Number(sentAt));
        },
      }),
  });

  return { onCommit, watched, stored };
}

const loadIn = (bytes: Buffer) => Number(/\{"load":(\d+),/.exec(bytes.toString('latin1'))?.[1] ?? -1);
