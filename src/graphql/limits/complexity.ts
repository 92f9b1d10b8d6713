import type { ApolloServerPlugin } from '@apollo/server';
import { type FieldNode, GraphQLError, getOperationAST } from 'graphql';
import {
  type ComplexityEstimator,
  fieldExtensionsEstimator,
  getComplexity,
  simpleEstimator,
} from 'graphql-query-complexity';
import { LIMIT } from '../../page/argument-ranges.js';
import type { GraphqlContext } from '../context.js';

/** How many whole pages of the largest limit one operation may ask for. */
const MAX_PAGES = 2;

/** What a page costs that is read through every cache (`fresh`), in requests of the rate limit. */
export const FRESH_COST = 5;

/** What has been counted of an operation. Fields are visited inner ones first, and not at all when they are skipped. */
interface Counted {
  /** Ids of the sections that were visited since the last page. */
  selected: Set<string>;
  /** What each root field loads, by response key: GraphQL merges fields of one key, and loads for them once. */
  loads: Map<string, Set<string>>;
  /** How many sections are loaded in all, and how many of them through every cache. */
  sections: number;
  fresh: number;
}

/** A section costs nothing by itself, but its page then counts it. */
export const sectionComplexity =
  (id: string): ComplexityEstimator =>
  ({ context }) => {
    (context as Counted).selected.add(id);
    return 0;
  };

/** A page costs its limit for each section that is both selected and asked for, however often it is selected. */
export const pageComplexity: ComplexityEstimator = ({ args, node, context }) => {
  const counted = context as Counted;
  const asked: readonly string[] | null | undefined = args['sections'];
  const sections = [...counted.selected].filter((id) => asked?.includes(id) ?? true);
  counted.selected.clear();
  return itemsAsked(args['limit']) * newLoads(counted, node, sections, args['fresh']);
};

/** A list costs the items that it asks for. */
export const listComplexity: ComplexityEstimator = ({ args, node, context }) => {
  return itemsAsked(args['limit']) * newLoads(context as Counted, node, ['list'], args['fresh']);
};

/** How many of these the same root field has not been counted for already. */
function newLoads(counted: Counted, { alias, name }: FieldNode, wanted: readonly string[], fresh: unknown): number {
  const { loads } = counted;
  const key = (alias ?? name).value;
  const before = loads.get(key) ?? new Set();
  const after = new Set([...before, ...wanted]);
  loads.set(key, after);
  const added = after.size - before.size;
  counted.sections += added;
  if (fresh === true) counted.fresh += added;
  return added;
}

/** A limit out of range is refused by the resolver; here it must not make anything else cheaper. */
const itemsAsked = (limit: number | null | undefined) =>
  Math.min(Math.max(limit ?? LIMIT.default, LIMIT.min), LIMIT.max);

/**
 * Refuses, before execution, an operation that asks for more items than two whole pages hold, and charges the client for
 * what it asks. A whole page costs one request of the rate limit, as it does by REST.
 */
export function createComplexityPlugin(options: {
  /** How many sections a whole page has. */
  pageSections: number;
}): ApolloServerPlugin<GraphqlContext> {
  const { pageSections } = options;
  const maxItems = MAX_PAGES * pageSections * LIMIT.max;
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ schema, document, request, contextValue }) => {
        // Execution, which comes next, refuses a request whose operation is not in its document.
        if (getOperationAST(document, request.operationName) == null) return;
        const context: Counted = { selected: new Set(), loads: new Map(), sections: 0, fresh: 0 };
        const items = complexityOf({
          schema,
          context,
          query: document,
          estimators: [fieldExtensionsEstimator(), simpleEstimator({ defaultComplexity: 0 })],
          ...(request.variables === undefined ? {} : { variables: request.variables }),
          ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
        });
        if (items > maxItems) {
          const message = `The operation asks for ${items} items, at most ${maxItems} are allowed`;
          throw refusal(message, 'GRAPHQL_VALIDATION_FAILED');
        }
        contextValue.charge?.(costOf(context, pageSections));
      },
    }),
  };
}

/**
 * Requests of the rate limit: one for each begun page, `FRESH_COST` for each begun page that is read through every cache.
 * Sections count, not items: each section is read with the items of the largest limit.
 */
function costOf({ sections, fresh }: Counted, pageSections: number): number {
  const pages = (count: number) => Math.ceil(count / pageSections);
  return Math.max(1, pages(sections - fresh) + FRESH_COST * pages(fresh));
}

/** Counting coerces the variables, and is the first to see that they do not fit. */
function complexityOf(options: Parameters<typeof getComplexity>[0]): number {
  try {
    return getComplexity(options);
  } catch (error) {
    if (error instanceof GraphQLError) throw refusal(error.message, 'BAD_USER_INPUT');
    throw error;
  }
}

const refusal = (message: string, code: string) =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
