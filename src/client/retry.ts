import { HomepageError } from './homepage-types.js';

export interface RetryOptions {
  /** Requests after the first one; 2 when left out. */
  attempts?: number;
  /** The first wait is up to this, each further one up to twice as long; 200 when left out. */
  baseMs?: number;
  /** The longest wait; a `Retry-After` beyond it ends the tries. 5000 when left out. */
  maxWaitMs?: number;
}

/** Whether and after how long to try again (full jitter); undefined when it makes no sense. `attempt` counts from 0. */
export function waitBeforeRetry(
  problem: { retryable: boolean; retryAfterMs?: number },
  attempt: number,
  { attempts = 2, baseMs = 200, maxWaitMs = 5000 }: RetryOptions,
  random: () => number,
): number | undefined {
  if (!problem.retryable || attempt >= attempts) return undefined;
  const { retryAfterMs } = problem;
  if (retryAfterMs === undefined) return random() * Math.min(maxWaitMs, baseMs * 2 ** attempt);
  // All clients were told the same: up to a quarter later, so that they do not come together.
  return retryAfterMs > maxWaitMs ? undefined : retryAfterMs * (1 + random() / 4);
}

/** Resolves after some time. @throws the signal's reason when it aborts before */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}

export const retryHint = (error: unknown): { retryable: boolean; retryAfterMs?: number } =>
  error instanceof HomepageError ? error : { retryable: false };
