/** A worker that lives so long has started well: what ends it later is no part of a crash loop. */
const STEADY_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 30_000;

/** How long to wait before a worker that has ended is replaced. */
export interface RestartWaits {
  /** @returns milliseconds: none for one that had lived for a while, else doubled with each that ends soon after its start */
  ended(livedMs: number): number;
}

export function createRestartWaits(): RestartWaits {
  let early = 0;
  return {
    ended: (livedMs) => {
      early = livedMs < STEADY_MS ? early + 1 : 0;
      return early === 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (early - 1), LAST_WAIT_MS);
    },
  };
}
