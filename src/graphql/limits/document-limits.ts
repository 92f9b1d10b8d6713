import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  GraphQLError,
  type ParseOptions,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** What a document may hold. Our own largest operation has 357 tokens and a depth of 6. */
export const graphqlLimits = {
  tokens: 2000,
  depth: 10,
  aliases: 30,
  directives: 50,
  /** Selections once every fragment is put in its place: what counting and execution walk through. */
  selections: 2000,
  /** Fields of one response key in a selection set, fragments put in their places: GraphQL merges them into one. */
  equalKeys: 30,
  /** Pairs of such fields in all, which is what validation compares: about 2 ms for a thousand. */
  mergedPairs: 5000,
};

/** graphql-js stops at the first token too many. */
export const parseOptions: ParseOptions = { maxTokens: graphqlLimits.tokens };

/** Armor's rules would throw through Apollo, as an error of ours; reported, theirs are the client's like all others. */
const reported = {
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, { message }: GraphQLError) =>
      context?.reportError(new GraphQLError(message.replace(/^Syntax Error: /, ''))),
  ],
};

/**
 * Nested fragments double with each level: 2,000 tokens can stand for 2^160 selections, each fragment of which is
 * counted once here.
 */
const maxSelectionsRule: ValidationRule = (context) => {
  const ofFragments = new Map<string, number>();
  const ofFragment = (name: string): number => {
    const known = ofFragments.get(name);
    if (known !== undefined) return known;
    // A fragment within itself is refused by graphql-js's own rule.
    ofFragments.set(name, 0);
    const selections = count(context.getFragment(name)?.selectionSet);
    ofFragments.set(name, selections);
    return selections;
  };
  const count = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce((sum, selection) => {
      const below =
        selection.kind === 'FragmentSpread' ? ofFragment(selection.name.value) : count(selection.selectionSet);
      return sum + 1 + below;
    }, 0);
  return {
    OperationDefinition: (operation) => {
      const selections = count(operation.selectionSet);
      if (selections <= graphqlLimits.selections) return;
      const message = `Selections limit of ${graphqlLimits.selections} exceeded, found ${selections}.`;
      context.reportError(new GraphQLError(message));
    },
  };
};

/**
 * Fields of one response key are merged (GraphQL spec, 5.3.2): each pair of them is compared, and so are their selections in
 * turn. 280 times the same field took a quarter of a second, at the cost of one.
 */
const maxMergingRule: ValidationRule = (context) => ({
  OperationDefinition: (operation) => {
    // More selections than there may be are refused by the rule above, and are not walked through here.
    let walked = 0;
    const mostOf = { key: '', count: 0 };
    const pairsIn = (sets: readonly SelectionSetNode[]): number => {
      const byKey = new Map<string, SelectionSetNode[]>();
      const counts = new Map<string, number>();
      const spread = new Set<string>();
      const collect = (set: SelectionSetNode | undefined): void => {
        for (const selection of set?.selections ?? []) {
          walked += 1;
          if (walked > graphqlLimits.selections) return;
          if (selection.kind === 'InlineFragment') collect(selection.selectionSet);
          else if (selection.kind === 'FragmentSpread') {
            const name = selection.name.value;
            if (spread.has(name)) continue;
            spread.add(name);
            collect(context.getFragment(name)?.selectionSet);
          } else {
            const key = (selection.alias ?? selection.name).value;
            counts.set(key, (counts.get(key) ?? 0) + 1);
            const below = byKey.get(key) ?? [];
            byKey.set(key, below);
            if (selection.selectionSet !== undefined) below.push(selection.selectionSet);
          }
        }
      };
      for (const set of sets) collect(set);
      let pairs = 0;
      for (const [key, count] of counts) {
        if (count > mostOf.count) Object.assign(mostOf, { key, count });
        pairs += (count * (count - 1)) / 2;
      }
      for (const below of byKey.values()) if (below.length > 0) pairs += pairsIn(below);
      return pairs;
    };
    const pairs = pairsIn([operation.selectionSet]);
    const { key, count } = mostOf;
    if (count > graphqlLimits.equalKeys) {
      const message = `Equal keys limit of ${graphqlLimits.equalKeys} exceeded, found "${key}" ${count} times.`;
      context.reportError(new GraphQLError(message));
    } else if (pairs > graphqlLimits.mergedPairs) {
      const message = `Merging limit of ${graphqlLimits.mergedPairs} pairs of equal keys exceeded, found ${pairs}.`;
      context.reportError(new GraphQLError(message));
    }
  },
});

/** Refuse an operation before execution, with the limit and what was found (docs/decisions/012-graphql-limits.md). */
export const limitRules: readonly ValidationRule[] = [
  // A fragment adds no depth to an answer.
  maxDepthRule({ n: graphqlLimits.depth, flattenFragments: true, ...reported }),
  // Armor would let `__typename` go uncounted.
  maxAliasesRule({ n: graphqlLimits.aliases, allowList: [], ...reported }),
  maxDirectivesRule({ n: graphqlLimits.directives, ...reported }),
  maxSelectionsRule,
  maxMergingRule,
];
