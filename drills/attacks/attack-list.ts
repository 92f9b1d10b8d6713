import 'reflect-metadata';
import { registry } from '../../src/sections/registry.js';
import type { Ask } from '../load/plan.js';

/** A request that must be refused, and the limit that its refusal has to name. */
export interface Attack {
  name: string;
  ask: Omit<Ask, 'origin'>;
  names: RegExp;
  /** Any 4xx when left out. */
  status?: number;
}

const graphql = (body: unknown, headers: Readonly<Record<string, string>> = {}): Attack['ask'] => ({
  path: '/graphql',
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
const many = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
/** `__type` nests to any depth and costs nothing else. */
const nested = (depth: number) =>
  `{ __type(name: "Query") { ${'ofType { '.repeat(depth)} name ${'} '.repeat(depth)} } }`;

/** One attack for each limit of a request, for a gateway in development. */
export const attacks: readonly Attack[] = [
  { name: 'tokens', ask: graphql({ query: `{ ${many(2100, () => '__typename')} }` }), names: /token/i },
  { name: 'depth', ask: graphql({ query: nested(20) }), names: /depth|deep/i },
  { name: 'aliases', ask: graphql({ query: `{ ${many(40, (i) => `a${i}: __typename`)} }` }), names: /alias/i },
  {
    name: 'directives',
    ask: graphql({ query: `{ ${many(30, (i) => `a${i}: __typename @include(if: true) @skip(if: false)`)} }` }),
    names: /directive/i,
  },
  {
    name: 'complexity',
    ask: graphql({ query: `{ ${many(2 * registry.length + 1, (i) => `a${i}: newArrivals(limit: 20) { total }`)} }` }),
    names: /items|complex/i,
  },
  {
    name: 'overlapping fields',
    ask: graphql({ query: `{ offers { ${many(1900, () => 'total')} } }` }),
    names: /equal keys/i,
  },
  {
    name: 'words of a query string',
    ask: { path: `/api/v1/homepage?fields=${many(2000, (i) => i.toString(36)).replaceAll(' ', ',')}` },
    names: /and 1990 more/,
  },
  { name: 'batch', ask: graphql([{ query: '{ __typename }' }, { query: '{ __typename }' }]), names: /batch/i },
  {
    name: 'body',
    ask: graphql({ query: '{ __typename }', padding: 'x'.repeat(70_000) }),
    names: /body|large|size|bytes/i,
    status: 413,
  },
  {
    name: 'variables',
    ask: graphql({ query: '{ __typename }', variables: { padding: 'x'.repeat(20_000) } }),
    names: /variables/i,
  },
  {
    name: 'form body',
    ask: graphql({ query: '{ __typename }' }, { 'content-type': 'text/plain' }),
    names: /application\/json/i,
    status: 415,
  },
];

/** The dearest operations within the limits. No gateway has read a text with another `index` before. */
export const dearest: readonly { name: string; ask: (index: number) => Attack['ask'] }[] = [
  { name: 'equal keys', text: `{ homepage(limit: 1) { ${many(30, () => 'offers { items { id title image } }')} } }` },
  {
    name: 'pairs of equal keys',
    text: `{ homepage(limit: 1) { ${many(30, () => 'offers { items { id title subtitle image discountedPrice originalPrice cashbackPercentage } }')} } }`,
  },
  {
    name: 'fragments',
    text: `{ homepage(limit: 1) { ...F0 } } ${many(28, (n) => `fragment F${n} on Homepage { ...F${n + 1} offers { items { id title } total } }`)} fragment F28 on Homepage { __typename }`,
  },
].map(({ name, text }) => ({ name, ask: (index) => graphql({ query: `# ${index}\n${text}` }) }));

/** What is refused in production in addition. */
export const productionAttacks: readonly Attack[] = [
  { name: 'introspection', ask: graphql({ query: '{ __schema { types { name } } }' }), names: /introspection/i },
  // The message names the requested field and no existing one.
  {
    name: 'field suggestions',
    ask: graphql({ query: '{ homepag { offers { total } } }' }),
    names: /^(?=.*homepag)(?!.*did you mean)/is,
  },
];

/** With `PERSISTED_ONLY=true`. */
export const persistedAttacks: readonly Attack[] = [
  { name: 'PERSISTED_ONLY', ask: graphql({ query: '{ newArrivals { total } }' }), names: /persisted/i },
];
