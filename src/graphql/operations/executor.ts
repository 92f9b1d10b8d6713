import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema } from 'graphql';
import type { GraphqlContext } from '../context.js';

/** Executes documents that are known to be valid. Never rejects: what goes wrong is in `errors`. */
export interface Executor {
  execute(request: {
    document: DocumentNode;
    variables: Readonly<Record<string, unknown>>;
    context: GraphqlContext;
  }): Promise<ExecutionResult>;
}

export function createExecutor(options: { schema: GraphQLSchema }): Executor {
  return {
    execute: async ({ document, variables, context }) =>
      execute({ schema: options.schema, document, variableValues: variables, contextValue: context }),
  };
}
