import { HomepageError } from './homepage-types.js';

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON; undefined when it is none. */
  body: unknown;
}

export interface Get {
  url: string;
  /** The text of an operation that the server does not know by its hash. */
  post?: { url: string; body: string };
}

/** One HTTP request; resolves with any answer. @throws HomepageError NETWORK_ERROR or TIMEOUT; the caller's reason when `signal` aborts */
export type Send = (request: Get, signal: AbortSignal) => Promise<Answer>;

/** Answers that are kept for their ETag. */
const MAX_HELD = 30;

export type Token = string | ((context: { rejected: boolean }) => string | undefined | Promise<string | undefined>);

/**
 * Sends requests with the user's token, and asks for another one once when it is refused. What an anonymous GET was answered
 * with an ETag is kept, and used again on 304.
 */
export function createSend(options: { fetch: typeof fetch; token: Token | undefined; timeoutMs: number }): Send {
  const { token, timeoutMs } = options;
  const held = new Map<string, Answer>();

  const keep = (url: string, answer: Answer) => {
    held.delete(url);
    held.set(url, answer);
    const [oldest] = held.keys();
    if (held.size > MAX_HELD && oldest !== undefined) held.delete(oldest);
  };

  const sendOnce = async ({ url, post }: Get, signal: AbortSignal, bearer: string | undefined): Promise<Answer> => {
    const known = post === undefined && bearer === undefined ? held.get(url) : undefined;
    const etag = known?.headers.get('etag');
    const response = await options.fetch(post?.url ?? url, {
      // Always asks: `stale-while-revalidate` is meant for CDNs, and a browser would show what it holds for minutes.
      ...(post === undefined ? { cache: 'no-cache' } : { method: 'POST', body: post.body }),
      headers: {
        accept: 'application/json',
        ...(post === undefined ? {} : { 'content-type': 'application/json' }),
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(etag ? { 'if-none-match': etag } : {}),
      },
      signal,
    });
    if (response.status === 304 && known !== undefined) return known;
    const body: unknown = await response.json().catch(() => undefined);
    const answer = { status: response.status, headers: response.headers, body };
    if (response.ok && response.headers.has('etag') && bearer === undefined && post === undefined) keep(url, answer);
    return answer;
  };

  const bearerOf = async (rejected: boolean) => (typeof token === 'function' ? await token({ rejected }) : token);

  const send: Send = async (request, signal) => {
    const answer = await sendOnce(request, signal, await bearerOf(false));
    if (answer.status !== 401 || typeof token !== 'function') return answer;
    return sendOnce(request, signal, await bearerOf(true));
  };

  return async (request, signal) => {
    const time = new AbortController();
    const timer = setTimeout(() => time.abort(), timeoutMs);
    try {
      return await send(request, AbortSignal.any([signal, time.signal]));
    } catch (cause) {
      signal.throwIfAborted();
      const isLate = time.signal.aborted;
      throw new HomepageError({
        code: isLate ? 'TIMEOUT' : 'NETWORK_ERROR',
        message: isLate ? `No answer within ${timeoutMs} ms` : `No answer: ${String(cause)}`,
        retryable: true,
      });
    } finally {
      clearTimeout(timer);
    }
  };
}
