import { homepageSections } from './generated/homepage-sections.js';
import { type HomepageArgs, HomepageError, type HomepageResults, type SectionKey } from './homepage-types.js';
import { failureOf } from './page-endpoint.js';
import type { Send } from './send-request.js';

interface OlderBody {
  items: readonly unknown[];
  total: number;
  hasMore: boolean;
}

/**
 * Asks the older endpoints, one for each section at once: the way of before there was a page. A section that has none fails; what
 * was for the user in person is what everybody gets.
 */
export function createAskSingle(options: { url: string; send: Send }) {
  const { url, send } = options;

  const askOne = async (key: SectionKey, args: HomepageArgs, signal: AbortSignal) => {
    const { id, title, type, path } = homepageSections[key];
    if (path === null) {
      throw new HomepageError({ code: 'NO_ENDPOINT', message: `${id} has no older endpoint`, retryable: false });
    }
    const { limit, location, fresh } = args;
    const query = new URLSearchParams({
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(location === undefined ? {} : { location: `${location.lng},${location.lat}` }),
      ...(fresh ? { fresh: 'true' } : {}),
    });
    const answer = await send({ url: `${url}/api/v1${path}${path.includes('?') ? '&' : '?'}${query}` }, signal);
    const body = answer.body as { success?: boolean; data?: unknown } & OlderBody;
    if (body?.success !== true || !Array.isArray(body.data)) throw failureOf(answer);
    const { data: items, total, hasMore } = body;
    return { section: homepageSections[key].enumName, title, type, items, total, hasMore };
  };

  return async (args: HomepageArgs, keys: readonly SectionKey[], signal: AbortSignal): Promise<HomepageResults> => {
    const results = await Promise.all(
      keys.map(async (key) => {
        try {
          // How old it is these endpoints do not say.
          const data = { ...(await askOne(key, args, signal)), lastUpdated: new Date().toISOString() };
          return [key, { status: 'cached', data, ageMs: 0 }];
        } catch (error) {
          if (!(error instanceof HomepageError)) throw error;
          const { code, message, retryable } = error;
          return [key, { status: 'failed', error: { code, message, retryable } }];
        }
      }),
    );
    return Object.fromEntries(results) as HomepageResults;
  };
}
