import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError } from '../core/errors.js';

/** Codes of faults in the GraphQL request itself, which Apollo and graphql-js find before anything is executed. */
const requestCodes: readonly unknown[] = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'OPERATION_RESOLUTION_FAILURE',
];

/**
 * What a client sees of any error; it never throws, and what it does not know is an `INTERNAL_ERROR` without details.
 * @returns the formatted error, and whether it is one that nobody foresaw, so that the log must have it
 */
export function toGraphQLError(
  formatted: GraphQLFormattedError,
  error: unknown,
): { error: GraphQLFormattedError; unforeseen: boolean } {
  const known = appErrorOf(error);
  const place = {
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
  };
  if (known !== undefined) {
    return { error: { message: known.message, ...place, extensions: known.extensions }, unforeseen: false };
  }
  if (error instanceof GraphQLError && requestCodes.includes(formatted.extensions?.['code'])) {
    const code = formatted.extensions?.['code'];
    return { error: { message: formatted.message, ...place, extensions: { code } }, unforeseen: false };
  }
  const internal = new AppError('INTERNAL_ERROR', 'Internal error');
  return { error: { message: internal.message, ...place, extensions: internal.extensions }, unforeseen: true };
}

/** The gateway's own error, under whatever a GraphQL library has wrapped around it. */
export function appErrorOf(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  return error instanceof GraphQLError ? appErrorOf(error.originalError) : undefined;
}
