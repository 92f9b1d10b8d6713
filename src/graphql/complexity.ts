import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { fieldExtensionsEstimator, getComplexity, simpleEstimator } from 'graphql-query-complexity';
import type { GraphqlContext } from './context.js';

/** Items that one request may ask for: two whole pages of the largest limit. */
export const MAX_COMPLEXITY = 240;

/** Refuses, before execution, an operation that asks for more items than the limit. */
export function createComplexityPlugin(options: { maxComplexity?: number } = {}): ApolloServerPlugin<GraphqlContext> {
  const { maxComplexity = MAX_COMPLEXITY } = options;
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ schema, document, request }) => {
        const complexity = complexityOf({
          schema,
          query: document,
          estimators: [fieldExtensionsEstimator(), simpleEstimator({ defaultComplexity: 0 })],
          ...(request.variables === undefined ? {} : { variables: request.variables }),
          ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
        });
        if (complexity > maxComplexity) {
          const message = `The operation asks for ${complexity} items, at most ${maxComplexity} are allowed`;
          throw refusal(message, 'GRAPHQL_VALIDATION_FAILED');
        }
      },
    }),
  };
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
