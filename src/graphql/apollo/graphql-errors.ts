import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError } from '../../core/errors.js';

/**
 * What a client sees of any error; it never throws, and what it does not know is an `INTERNAL_ERROR` without details.
 * @returns the formatted error, and whether it is an unexpected one, which must be logged
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
  if (error instanceof GraphQLError && isRequestFault(error)) {
    const code = error.extensions['code'] ?? 'BAD_REQUEST';
    return { error: { message: formatted.message, ...place, extensions: { code } }, unforeseen: false };
  }
  const internal = new AppError('INTERNAL_ERROR', 'Internal error');
  return { error: { message: internal.message, ...place, extensions: internal.extensions }, unforeseen: true };
}

/** The gateway's own error, unwrapped from the errors of GraphQL libraries around it. */
export function appErrorOf(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  return error instanceof GraphQLError ? appErrorOf(error.originalError) : undefined;
}

/**
 * Whether Apollo or graphql-js refused the request itself. Their errors wrap nothing but errors of theirs, and have no
 * path: with one, a field was being executed, and what does not fit there is our data.
 */
function isRequestFault(error: GraphQLError): boolean {
  const { status } = (error.extensions['http'] ?? {}) as { status?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) return true;
  return error.path === undefined && isFromGraphql(error);
}

function isFromGraphql(error: Error | undefined): boolean {
  return error === undefined || (error instanceof GraphQLError && isFromGraphql(error.originalError));
}
