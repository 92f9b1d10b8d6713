import { LRUCache } from 'lru-cache';

/** What is worked out from header values that many requests share. */
const MAX_VALUES = 1000;
/** A longer value is worked out anew each time: what clients send must not fill the memory. */
const MAX_LENGTH = 512;

/** `compute`, remembered for the values seen last. It must depend on nothing but the text. */
export function remember<Result extends NonNullable<unknown>>(
  compute: (text: string) => Result,
): (text: string) => Result {
  const results = new LRUCache<string, Result>({ max: MAX_VALUES });
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = compute(text);
    if (text.length <= MAX_LENGTH) results.set(text, result);
    return result;
  };
}
