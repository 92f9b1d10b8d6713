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
import { maxMergingRule } from './merging-rule.js';

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
  /** Selections of all definitions of a document, fragments put in their places, that merging is counted in. */
  walkedSelections: 20_000,
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
    Document: ({ definitions }) => {
      for (const definition of definitions) {
        const selections = 'selectionSet' in definition ? count(definition.selectionSet) : 0;
        if (selections <= graphqlLimits.selections) continue;
        const message = `Selections limit of ${graphqlLimits.selections} exceeded, found ${selections}.`;
        context.reportError(new GraphQLError(message));
        // Takes the document out of the walk that all rules share.
        return null;
      }
      return undefined;
    },
  };
};

/** Refuse an operation before execution, with the limit and what was found (docs/decisions/012-graphql-limits.md). */
export const limitRules: readonly ValidationRule[] = [
  // A fragment adds no depth to an answer.
  maxDepthRule({ n: graphqlLimits.depth, flattenFragments: true, ...reported }),
  // Armor would let `__typename` go uncounted.
  maxAliasesRule({ n: graphqlLimits.aliases, allowList: [], ...reported }),
  maxDirectivesRule({ n: graphqlLimits.directives, ...reported }),
  maxSelectionsRule,
  maxMergingRule(graphqlLimits),
];
