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
        const complexity = getComplexity({
          schema,
          query: document,
          estimators: [fieldExtensionsEstimator(), simpleEstimator({ defaultComplexity: 0 })],
          ...(request.variables === undefined ? {} : { variables: request.variables }),
          ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
        });
        if (complexity > maxComplexity) {
          throw new GraphQLError(`The operation asks for ${complexity} items, at most ${maxComplexity} are allowed`, {
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
          });
        }
      },
    }),
  };
}
