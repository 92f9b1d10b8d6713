import { readFileSync } from 'node:fs';
import { Kind, parse, print, visit } from 'graphql';

interface Published {
  readonly name: string;
  /** The day on which it came into the manifest, which keeps older ones. */
  readonly published: string;
  readonly document: string;
}

const manifest = JSON.parse(readFileSync(new URL('../../schema/manifest.json', import.meta.url), 'utf8')) as Record<
  string,
  Published
>;
const published = Object.entries(manifest)
  .filter(([, { name }]) => name === 'Homepage')
  .sort(([, a], [, b]) => a.published.localeCompare(b.published));
const [hash = '', { document } = { document: '' }] = published.at(-1) ?? [];

/** Of the persisted operation of the whole page. */
export const homepageHash = hash;

/** Fields that are left out of the persisted operation: they change from answer to answer, or need a location. */
const left = new Set(['metadata', 'analytics', 'lastUpdated', 'nearby', 'distanceKm']);
/** Offers have a field of that name, which stays. */
const isPageMetadata = (depth: number) => depth < 3;

/** The page as a query text without variables: the same for the gateway and its peers. */
export const pageQuery = typicalQuery();

function typicalQuery(): string {
  let depth = 0;
  return print(
    visit(parse(document), {
      OperationDefinition: (node) => ({ ...node, variableDefinitions: [] }),
      SelectionSet: { enter: () => void depth++, leave: () => void depth-- },
      Field: (node) => {
        const { value } = node.name;
        if (left.has(value) && (value !== 'metadata' || isPageMetadata(depth))) return null;
        return { ...node, kind: Kind.FIELD, arguments: [], directives: [] };
      },
    }),
  );
}
