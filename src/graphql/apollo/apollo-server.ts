import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { type DocumentNode, GraphQLError, type GraphQLSchema, type ValidationRule } from 'graphql';
import { RETRY_AFTER_SECONDS } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import { wholeFailure } from '../../page/whole-failure.js';
import type { GraphqlContext } from '../context.js';
import { limitRules, parseOptions } from '../limits/document-limits.js';
import type { PersistedOperations } from '../operations/persisted-operations.js';
import { clearMessage, withoutSchemaDetails } from './client-messages.js';
import { appErrorOf, toGraphQLError } from './graphql-errors.js';

/**
 * Parsed documents that are remembered, in bytes of their JSON. A document takes about three times that (Node 20): Apollo's own
 * bound, 30 MiB, is more than the gateway's whole cache.
 */
const MAX_DOCUMENT_BYTES = 6_291_456;

/** Apollo Server over the schema; Apollo Sandbox is its landing page outside production. */
export function createApolloServer(options: {
  schema: GraphQLSchema;
  production: boolean;
  logger: Logger;
  persisted: PersistedOperations;
  plugins?: ApolloServerPlugin<GraphqlContext>[];
}): ApolloServer<GraphqlContext> {
  const { schema, production, logger, persisted, plugins = [] } = options;
  return new ApolloServer<GraphqlContext>({
    schema,
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    allowBatchedHttpRequests: false,
    // There is nothing to forge: no cookies, no mutations, and no bodies but JSON, which needs a preflight.
    csrfPrevention: false,
    parseOptions,
    documentStore: new InMemoryLRUCache<DocumentNode>({ maxSize: MAX_DOCUMENT_BYTES }),
    persistedQueries: { cache: persisted.cache },
    validationRules: [knownOperationTypes, ...limitRules],
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger,
    formatError: (formatted, error) => {
      const answer = toGraphQLError(formatted, error);
      if (answer.unforeseen) logger.error({ error }, 'unforeseen error in a GraphQL request');
      const message = clearMessage(answer.error.message);
      return { ...answer.error, message: production ? withoutSchemaDetails(message) : message };
    },
    plugins: [
      // It would wrap every resolver; what may be cached follows from the sections instead.
      ApolloServerPluginCacheControlDisabled(),
      production
        ? ApolloServerPluginLandingPageDisabled()
        : ApolloServerPluginLandingPageLocalDefault({ footer: false, embed: true }),
      statusPlugin,
      executedPlugin,
      ...plugins,
    ],
  });
}

/** The schema has no mutations and no subscriptions, which graphql-js does not see before it executes one. */
const knownOperationTypes: ValidationRule = (context) => ({
  OperationDefinition: (node) => {
    if (context.getSchema().getRootType(node.operation) != null) return;
    context.reportError(new GraphQLError(`There is no operation type "${node.operation}"`, { nodes: node }));
  },
});

/**
 * HTTP statuses of answers without data, and of pages that nothing could be served of because the database cannot be
 * reached. A page with data is a 200, also with errors of sections, as GraphQL clients expect.
 */
const statusPlugin: ApolloServerPlugin<GraphqlContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ response, errors, contextValue }) => {
      if (response.body.kind !== 'single') return;
      const { data } = response.body.singleResult;
      const thrown = errors?.map(appErrorOf).find((error) => error !== undefined);
      const failure = wholeFailure(contextValue.scope.outcomes);
      const status = data == null ? thrown?.status : failure?.status === 503 ? 503 : undefined;
      if (status === undefined) return;
      response.http.status = status;
      if (status === 503) response.http.headers.set('retry-after', String(RETRY_AFTER_SECONDS));
    },
  }),
};

/** Tells of operations that passed every check and failed nowhere: the same request may be answered without Apollo from now on. */
const executedPlugin: ApolloServerPlugin<GraphqlContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ response, errors, document, request, contextValue }) => {
      if (document === undefined || response.body.kind !== 'single' || (errors?.length ?? 0) > 0) return;
      const { operationName, variables = {} } = request;
      contextValue.executed?.({ document, operationName, variables });
    },
  }),
};
