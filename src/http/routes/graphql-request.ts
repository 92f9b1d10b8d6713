import type { FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.js';
import { searchOf } from '../rest/operation.js';

/** What may stand beside a document, in bytes of JSON, and characters. */
const MAX_VARIABLES_BYTES = 16_384;
const MAX_EXTENSIONS_BYTES = 2048;
const MAX_OPERATION_NAME = 256;

/** What is needed of a GraphQL request before Apollo reads it. */
interface GraphqlRequest {
  query: string | undefined;
  /** The hash by which a persisted operation is asked for. */
  hash: unknown;
}

/**
 * Reads a GraphQL request over HTTP leniently: what is malformed is left for Apollo to refuse.
 * @throws AppError `VALIDATION_ERROR` when its variables, extensions or operation name are larger than the limit
 */
export function readGraphqlRequest(request: FastifyRequest): GraphqlRequest {
  const { query, operationName, variables, extensions } = parametersOf(request);
  if (typeof operationName === 'string' && operationName.length > MAX_OPERATION_NAME) {
    throw tooLarge('operationName', `${operationName.length} characters`, MAX_OPERATION_NAME);
  }
  requireSmall('variables', variables, MAX_VARIABLES_BYTES);
  requireSmall('extensions', extensions, MAX_EXTENSIONS_BYTES);
  const persisted = propertyOf(parsed(extensions), 'persistedQuery');
  return { query: typeof query === 'string' ? query : undefined, hash: propertyOf(persisted, 'sha256Hash') };
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

/** GET has JSON in its parameters. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
