import { homepageSections } from './generated/homepage-sections.js';
import {
  type HomepageArgs,
  HomepageError,
  type HomepageResult,
  type HomepageResults,
  type SectionKey,
} from './homepage-types.js';
import { createAskPage } from './page-endpoint.js';
import { type RetryOptions, retryHint, sleep, waitBeforeRetry } from './retry.js';
import { createSend, type Send, type Token } from './send-request.js';
import { createSharedCalls } from './shared-calls.js';
import { createAskSingle } from './single-endpoints.js';

export type {
  HomepageArgs,
  HomepageProblem,
  HomepageResult,
  HomepageResults,
  HomepageSections,
  SectionKey,
  SectionResult,
} from './homepage-types.js';
export { HomepageError } from './homepage-types.js';

export interface HomepageClientOptions {
  /** Where the gateway is, without a path: `https://shop.example`. */
  url: string;
  /** The user's token, or what gives it; called once more with `rejected: true` when the gateway refused it. */
  token?: Token;
  /** `graphql` (when left out): by GET and hash, so that a CDN may hold the answer; `rest`: the same by REST. */
  transport?: 'graphql' | 'rest';
  fetch?: typeof fetch;
  /** The longest that one request may take; 10,000 when left out. */
  timeoutMs?: number;
  retry?: RetryOptions;
  /** What to do when the page endpoint is switched off or fails: ask the older endpoints, one for each section. */
  fallback?: 'single-endpoints';
  /** A part of users, by a stable hash of `key`, gets the page by one request; the others by the older endpoints. */
  experiment?: {
    /** From 0 (nobody) to 1 (everybody). */
    share: number;
    /** What decides: a user's or a device's id. */
    key: string;
  };
  /** Called after each call, so that both ways can be compared. */
  onResult?: (outcome: HomepageOutcome) => void;
  /** From 0 to 1; `Math.random` when left out. */
  random?: () => number;
}

export interface HomepageOutcome {
  source: HomepageResult['source'];
  durationMs: number;
  requests: number;
  /** Sections that failed; all that were asked for when the call did. */
  failed: readonly SectionKey[];
}

export interface HomepageClient {
  /**
   * The page, or some sections of it. A section that fails is told in its result.
   * @throws HomepageError when nothing of the page could be had; the reason of `signal` when that aborts
   */
  homepage(args?: HomepageArgs): Promise<HomepageResult>;
}

const allKeys = Object.keys(homepageSections) as SectionKey[];

/** A client of the gateway, for browsers and Node.js. Equal calls at the same time share one request. */
export function createHomepageClient(options: HomepageClientOptions): HomepageClient {
  const { token, transport = 'graphql', timeoutMs = 10_000, retry = {}, fallback, experiment, onResult } = options;
  const { random = Math.random } = options;
  const url = options.url.replace(/\/+$/, '');
  const send = createSend({ fetch: options.fetch ?? ((...args) => fetch(...args)), token, timeoutMs });
  const usesPage = experiment === undefined || shareOf(experiment.key) < experiment.share;
  const askPage = createAskPage({ url, transport });
  const calls = createSharedCalls<HomepageResult>();

  const run = async (args: HomepageArgs, keys: readonly SectionKey[], signal: AbortSignal): Promise<HomepageResult> => {
    let requests = 0;
    const counted: Send = (request, requestSignal) => {
      requests += 1;
      return send(request, requestSignal);
    };
    const ask = (open: readonly SectionKey[]) => askPage(counted, args, open, signal);
    const page = async () => ({
      sections: await askUntilDone(keys, ask, { retry, random, signal }),
      source: 'page' as const,
      requests,
    });
    const single = async () => ({
      sections: await createAskSingle({ url, send: counted })(args, keys, signal),
      source: 'single' as const,
      requests,
    });
    if (!usesPage) return single();
    try {
      return await page();
    } catch (error) {
      const mayFallBack = error instanceof HomepageError && (error.status === undefined || error.status >= 500);
      if (fallback === undefined || !mayFallBack) throw error;
      return single();
    }
  };

  return {
    homepage: async (args = {}) => {
      const keys = args.sections ?? allKeys;
      const startedAt = performance.now();
      const tell = (outcome: Omit<HomepageOutcome, 'durationMs'>) =>
        onResult?.({ ...outcome, durationMs: performance.now() - startedAt });
      const { signal, ...asked } = args;
      try {
        const result = await calls.join(JSON.stringify([asked, keys]), signal, (own) => run(args, keys, own));
        const failed = keys.filter((key) => result.sections[key]?.status === 'failed');
        tell({ source: result.source, requests: result.requests, failed });
        return result;
      } catch (error) {
        if (!signal?.aborted) tell({ source: usesPage ? 'page' : 'single', requests: 1, failed: keys });
        throw error;
      }
    },
  };
}

/** Asks, and asks again for what may succeed a little later: the whole, or the sections that failed. */
async function askUntilDone(
  keys: readonly SectionKey[],
  ask: (open: readonly SectionKey[]) => Promise<HomepageResults>,
  { retry, random, signal }: { retry: RetryOptions; random: () => number; signal: AbortSignal },
): Promise<HomepageResults> {
  let results: HomepageResults = {};
  let open = keys;
  for (let attempt = 0; ; attempt += 1) {
    let waitMs: number | undefined;
    try {
      results = { ...results, ...(await ask(open)) };
      open = open.filter((key) => {
        const result = results[key];
        return result?.status === 'failed' && result.error.retryable;
      });
      waitMs = open.length === 0 ? undefined : waitBeforeRetry({ retryable: true }, attempt, retry, random);
      if (waitMs === undefined) return results;
    } catch (error) {
      waitMs = waitBeforeRetry(retryHint(error), attempt, retry, random);
      // What there was before stays: this try was for some sections only.
      if (waitMs === undefined && Object.keys(results).length > 0 && error instanceof HomepageError) return results;
      if (waitMs === undefined) throw error;
    }
    await sleep(waitMs, signal);
  }
}

/** From 0 to 1, the same for the same key everywhere: FNV-1a over its UTF-16 units. */
function shareOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
  }
  // The last bits of FNV-1a differ most between short keys.
  return (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0) / 2 ** 32;
}
