import type { EnvelopeError } from '../rest/envelope.js';

/**
 * What an answer says, without when it was put together and when its data was read: the same for the same items, also when
 * they were read once more in between. Only places that are known are left out: items have fields of such names, too.
 */
export function restContent(page: {
  sections: Readonly<Record<string, object | null>>;
  errors: readonly EnvelopeError[];
  analytics: unknown;
}): unknown {
  const { sections, errors, analytics } = page;
  return {
    sections: Object.entries(sections).map(([key, section]) => [key, section && sectionContent(section)]),
    errors: errors.map(({ timestamp: _, ...error }) => error),
    analytics,
  };
}

/** The same of a GraphQL answer; what a client renames counts as content. */
export function graphqlContent(body: string): unknown {
  const { data, errors = [] } = JSON.parse(body) as { data?: Record<string, unknown>; errors?: GraphqlFailure[] };
  return {
    data: Object.entries(data ?? {}).map(([key, root]) => [key, isObject(root) ? rootContent(root) : root]),
    errors: errors.map(({ message, path, extensions }) => ({ message, path, code: extensions?.code })),
  };
}

interface GraphqlFailure {
  message: string;
  path?: unknown;
  extensions?: { code?: unknown };
}

/** A page, or a single list. */
function rootContent(root: object): unknown {
  return Object.entries(sectionContent(root)).flatMap(([key, value]) => {
    if (!isObject(value)) return [[key, value]];
    return key === 'metadata' && isMetadata(value) ? [] : [[key, sectionContent(value)]];
  });
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
