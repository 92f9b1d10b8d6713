import { homepageDocument, homepageHash } from './generated/homepage-document.js';
import { homepageSections } from './generated/homepage-sections.js';
import {
  type HomepageArgs,
  HomepageError,
  type HomepageProblem,
  type HomepageResults,
  type SectionKey,
} from './homepage-types.js';
import type { Answer, Send } from './send-request.js';

/** What an answer of the page endpoint says, on either transport. */
interface PageBody {
  sections: Record<string, object | null | undefined>;
  statuses: readonly { section: string; status: string; ageMs: number }[];
  errors: readonly (HomepageProblem & { section: string })[];
}

/** Asks the page endpoint once. @throws HomepageError when it answers nothing of the page */
export type AskPage = (
  send: Send,
  args: HomepageArgs,
  keys: readonly SectionKey[],
  signal: AbortSignal,
) => Promise<HomepageResults>;

type Ask = (...parameters: Parameters<AskPage>) => Promise<Answer>;

export function createAskPage(options: { url: string; transport: 'graphql' | 'rest' }): AskPage {
  const { url, transport } = options;
  /** The server does not know the hash: it is of another version, or has not been deployed yet. */
  let isHashKnown = true;

  const askGraphQL: Ask = async (send, args, keys, signal) => {
    const { limit, location, fresh } = args;
    const variables = {
      sections: keys.map((key) => homepageSections[key].enumName),
      ...(limit === undefined ? {} : { limit }),
      ...(location === undefined ? {} : { location, located: true }),
      ...(fresh ? { fresh } : {}),
    };
    const endpoint = `${url}/graphql`;
    const query = new URLSearchParams({ documentId: `sha256:${homepageHash}`, variables: JSON.stringify(variables) });
    if (isHashKnown) {
      const answer = await send({ url: `${endpoint}?${query}` }, signal);
      if (codeIn(answer) !== 'PERSISTED_QUERY_NOT_FOUND') return answer;
      isHashKnown = false;
    }
    const body = JSON.stringify({ query: homepageDocument, operationName: 'Homepage', variables });
    return send({ url: endpoint, post: { url: endpoint, body } }, signal);
  };

  const askRest: Ask = (send, args, keys, signal) => {
    const { limit, location, fields, fresh } = args;
    const query = new URLSearchParams({
      sections: keys.map((key) => homepageSections[key].id).join(','),
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(location === undefined ? {} : { location: `${location.lng},${location.lat}` }),
      ...(fields === undefined ? {} : { fields: fields.join(',') }),
      ...(fresh ? { fresh: 'true' } : {}),
    });
    return send({ url: `${url}/api/v1/homepage?${query}` }, signal);
  };

  return async (send, args, keys, signal) => {
    const isRest = transport === 'rest' || args.fields !== undefined;
    const answer = await (isRest ? askRest : askGraphQL)(send, args, keys, signal);
    const page = isRest ? restBody(answer) : graphqlBody(answer);
    if (page === undefined) throw failureOf(answer);
    return resultsOf(page, keys);
  };
}

function resultsOf({ sections, statuses, errors }: PageBody, keys: readonly SectionKey[]): HomepageResults {
  const results = keys.map((key) => {
    const { id, enumName } = homepageSections[key];
    const data = sections[key];
    const told = statuses.find(({ section }) => section === id || section === enumName);
    if (data && told) return [key, { status: told.status.toLowerCase(), data, ageMs: told.ageMs }];
    const error = errors.find(({ section }) => section === id);
    return [key, { status: 'failed', error: error ?? missing }];
  });
  // The page's own types say what each section holds.
  return Object.fromEntries(results) as HomepageResults;
}

const missing: HomepageProblem = { code: 'BAD_ANSWER', message: 'The answer lacks this section', retryable: false };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function graphqlBody({ body }: Answer): PageBody | undefined {
  if (!isObject(body) || !isObject(body['data']) || !isObject(body['data']['homepage'])) return undefined;
  const { metadata, ...sections } = body['data']['homepage'];
  return { sections: sections as PageBody['sections'], statuses: statusesIn(metadata), errors: problemsIn(body) };
}

function restBody({ body }: Answer): PageBody | undefined {
  if (!isObject(body) || body['success'] !== true || !isObject(body['data'])) return undefined;
  const { sections, metadata } = body['data'];
  if (!isObject(sections)) return undefined;
  return { sections: sections as PageBody['sections'], statuses: statusesIn(metadata), errors: problemsIn(body) };
}

const statusesIn = (metadata: unknown) =>
  (isObject(metadata) && Array.isArray(metadata['sections']) ? metadata['sections'] : []) as PageBody['statuses'];

/** GraphQL says code and section in `extensions`, REST beside the message; only GraphQL says what is retryable. */
function problemsIn(body: Record<string, unknown>): PageBody['errors'] {
  const errors: unknown[] = Array.isArray(body['errors']) ? body['errors'] : [];
  return errors.filter(isObject).map((error) => {
    const told = isObject(error['extensions']) ? error['extensions'] : error;
    const code = String(told['code'] ?? 'BAD_ANSWER');
    const retryable = told['retryable'] === true || (told['retryable'] === undefined && transientCodes.includes(code));
    return { section: String(told['section'] ?? ''), code, message: String(error['message'] ?? code), retryable };
  });
}

const transientCodes: readonly string[] = [
  ...['SECTION_FETCH_ERROR', 'TIMEOUT_ERROR', 'CACHE_ERROR', 'DB_CONNECTION_ERROR'],
  ...['RATE_LIMITED', 'OVERLOADED', 'SERVICE_UNAVAILABLE'],
];

const codeIn = ({ body }: Answer): string | undefined => (isObject(body) ? problemsIn(body)[0]?.code : undefined);

/** The whole request's failure, with what the server says about a later try. */
export function failureOf({ status, headers, body }: Answer): HomepageError {
  const [problem] = isObject(body) ? problemsIn(body) : [];
  const message = problem?.message ?? (isObject(body) && body['message'] ? String(body['message']) : `HTTP ${status}`);
  const retryable = problem?.retryable ?? (status === 429 || status >= 500);
  const error = new HomepageError({ code: problem?.code ?? 'BAD_ANSWER', message, retryable, status });
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Object.assign(error, { retryAfterMs: seconds * 1000 }) : error;
}
