import type { FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.js';
import { withoutPrefix } from '../../graphql/operations/manifest.js';
import type { AskedOperation } from '../../graphql/operations/persisted-operations.js';
import { searchOf } from '../rest/persisted-homepage.js';

/** What may stand beside a document, in bytes of JSON, and characters. */
const MAX_VARIABLES_BYTES = 16_384;
const MAX_EXTENSIONS_BYTES = 2048;
const MAX_OPERATION_NAME = 256;

const DOCUMENT_ID = /^[0-9a-f]{64}$/;

/** The parameters of a GraphQL request over HTTP, none of them verified. */
export interface GraphqlRequest extends AskedOperation {
  /** As they were sent: GET has JSON in its parameters. */
  parameters: Readonly<Record<string, unknown>>;
  /** The extensions as an object, where they are one. */
  extensions: unknown;
}

/** Reads a GraphQL request leniently and never throws: what is malformed is left for `checkGraphqlRequest` and Apollo. */
export function readGraphqlRequest(request: FastifyRequest): GraphqlRequest {
  const parameters = parametersOf(request);
  const { query, documentId } = parameters;
  const extensions = parsed(parameters['extensions']);
  const byDocumentId = documentId !== undefined && documentId !== null;
  const hash = byDocumentId ? documentId : propertyOf(propertyOf(extensions, 'persistedQuery'), 'sha256Hash');
  return {
    parameters,
    extensions,
    query: typeof query === 'string' ? query : undefined,
    hash: typeof hash === 'string' ? withoutPrefix(hash) : hash,
    byDocumentId,
  };
}

/**
 * @throws AppError `VALIDATION_ERROR` when variables, extensions or operation name are larger than the limit, or the
 * document id is none, or beside another way to say which operation is wanted
 */
export function checkGraphqlRequest({ parameters, extensions, query, hash, byDocumentId }: GraphqlRequest): void {
  const { operationName } = parameters;
  if (typeof operationName === 'string' && operationName.length > MAX_OPERATION_NAME) {
    throw tooLarge('operationName', `${operationName.length} characters`, MAX_OPERATION_NAME);
  }
  requireSmall('variables', parameters['variables'], MAX_VARIABLES_BYTES);
  requireSmall('extensions', parameters['extensions'], MAX_EXTENSIONS_BYTES);
  if (!byDocumentId) return;
  if (typeof hash !== 'string' || !DOCUMENT_ID.test(hash)) {
    throw new AppError('VALIDATION_ERROR', 'documentId: must be "sha256:" and 64 hexadecimal digits, lower case');
  }
  if (query !== undefined || propertyOf(extensions, 'persistedQuery') !== undefined) {
    throw new AppError('VALIDATION_ERROR', 'documentId: must be the only way in which the operation is named');
  }
}

function parametersOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  if (request.method !== 'POST') return Object.fromEntries(new URLSearchParams(searchOf(request)));
  return typeof request.body === 'object' && request.body !== null ? { ...request.body } : {};
}

function requireSmall(name: string, value: unknown, maxBytes: number): void {
  const bytes = bytesOf(value);
  if (bytes > maxBytes) throw tooLarge(name, Number.isFinite(bytes) ? `${bytes} bytes` : 'too many levels', maxBytes);
}

const tooLarge = (name: string, found: string, max: number) =>
  new AppError('VALIDATION_ERROR', `${name}: ${found}, at most ${max} are allowed`);

/** Of JSON; infinitely many when it is too deep to be written. */
function bytesOf(value: unknown): number {
  if (value === undefined) return 0;
  try {
    return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** An own property of what a client has sent; undefined where there is none. */
export const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
