import { type EnvelopeError, successEnvelope } from '../rest/envelope.js';

/**
 * What an answer says, without when it was put together and when its data was read: the same for the same items, also when
 * they were read once more in between. It is the answer's own text with `metadata` null and without `lastUpdated`, so that an
 * answer that is put together from fragments has the same ETag. Only places that are known are left out: items have fields of
 * such names, too.
 */
export function restContent(page: {
  sections: Readonly<Record<string, object | null>>;
  errors: readonly EnvelopeError[];
  analytics?: unknown;
}): string {
  const { sections, errors, analytics } = page;
  const contents = Object.entries(sections).map(([key, section]) => [key, section && sectionContent(section)]);
  const data = { sections: Object.fromEntries(contents), metadata: null, analytics };
  return JSON.stringify(
    successEnvelope(
      data,
      errors.map((error) => ({ ...error, timestamp: '' })),
    ),
  );
}

/** The same of a GraphQL answer; what a client renames counts as content. */
export function graphqlContent(body: string): string {
  const { data, errors } = JSON.parse(body) as { data?: Record<string, unknown>; errors?: GraphqlFailure[] };
  const roots = Object.entries(data ?? {}).map(([key, root]) => [key, isObject(root) ? rootContent(root) : root]);
  const content = {
    data: Object.fromEntries(roots),
    errors: errors?.map(({ message, path, extensions }) => ({ message, path, code: extensions?.code })),
  };
  return `${JSON.stringify(content)}\n`;
}

interface GraphqlFailure {
  message: string;
  path?: unknown;
  extensions?: { code?: unknown };
}

/** A page, or a single list. */
function rootContent(root: object): object {
  const fields = Object.entries(sectionContent(root)).map(([key, value]) => {
    if (!isObject(value)) return [key, value];
    return [key, key === 'metadata' && isMetadata(value) ? null : sectionContent(value)];
  });
  return Object.fromEntries(fields);
}

/** Fields of `PageMetadata`: a section may be called `metadata`, too. */
const metadataFields: readonly string[] = [
  ...['timestamp', 'userId', 'cacheKey', 'ttl', 'fromCache', 'executionTime', 'partialFailure', 'sections'],
  '__typename',
];
const isMetadata = (value: object) => Object.keys(value).every((key) => metadataFields.includes(key));

function sectionContent(section: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(section).filter(([key]) => key !== 'lastUpdated'));
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
