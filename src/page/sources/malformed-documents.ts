import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';

/** Why a document cannot be an item. */
export interface DocumentFault {
  /** The path of the stored field, such as `inventory.stock`. */
  field: string;
  /** The GraphQL type that it must have. */
  expected: string;
  /** What is stored there, in words. */
  found: string;
}

/** Logs documents that were left out: each once, with the reason, and those that are met again as a count. */
export interface MalformedDocuments {
  note(document: { section: string; collection: string; id: string | undefined; fault: DocumentFault }): void;
}

/** Documents that are remembered as logged; the least recently met are forgotten, and logged once more. */
const MAX_REMEMBERED = 10_000;
/** How often the count of those met again is logged. */
const COUNT_MS = 60_000;

export function createMalformedDocuments(options: { clock: Clock; logger: Logger }): MalformedDocuments {
  const { clock, logger } = options;
  const logged = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  let metAgain = 0;

  const logCount = () => {
    logger.warn({ count: metAgain }, 'malformed documents were left out once more');
    metAgain = 0;
  };

  return {
    note: ({ section, collection, id, fault }) => {
      const key = `${collection}:${id}:${fault.field}`;
      if (logged.get(key) === undefined) {
        logged.set(key, true);
        logger.warn({ section, collection, document: id, ...fault }, 'a malformed document was left out');
        return;
      }
      if (metAgain === 0) clock.after(COUNT_MS, logCount);
      metAgain += 1;
    },
  };
}
