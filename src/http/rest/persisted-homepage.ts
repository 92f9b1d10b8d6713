import type { FastifyRequest } from 'fastify';
import type { DocumentNode } from 'graphql';
import { AppError } from '../../core/errors.js';
import type { Operations } from '../../graphql/operations/operations.js';

/** A persisted operation that a route cannot do without. */
export function operationNamed(operations: Operations, name: string): DocumentNode {
  const operation = operations.get(name);
  if (operation === undefined) throw new AppError('INTERNAL_ERROR', `There is no operation ${name}`);
  return operation;
}

/** The query string as it was sent: Fastify's parsed one has lost what a strict reader must see. */
export function searchOf(request: FastifyRequest): string {
  const start = request.url.indexOf('?');
  return start === -1 ? '' : request.url.slice(start + 1);
}
