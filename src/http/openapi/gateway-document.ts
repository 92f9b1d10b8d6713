import type { GraphQLSchema } from 'graphql';
import type { Operations } from '../../graphql/operations/operations.js';
import type { Section } from '../../sections/define-section.js';
import type { JsonSchema } from '../rest/parameters.js';
import { operationNamed } from '../rest/persisted-homepage.js';
import { createSparseFields } from '../rest/sparse-fields.js';
import { openApiDocument } from './openapi-document.js';

/** The OpenAPI document of a gateway with these sections. */
export function gatewayDocument(options: {
  schema: GraphQLSchema;
  operations: Operations;
  registry: readonly Section[];
}): JsonSchema {
  const { schema, operations, registry } = options;
  const sparseFields = createSparseFields({ operation: operationNamed(operations, 'Homepage'), registry });
  return openApiDocument({ schema, registry, sparseFields });
}
