import type { GraphQLError } from 'graphql';
import { AppError, ValidationErrors } from '../../core/errors.js';
import type { SectionView } from '../../page/section-view.js';
import type { Section } from '../../sections/define-section.js';

/** The envelope's version. */
export const VERSION = '1.0.0';

/** One entry of `errors`; clients get its keys in this order. */
export interface EnvelopeError {
  section?: string;
  message: string;
  code: string;
  timestamp: string;
  severity: string;
  parameter?: unknown;
  allowed?: unknown;
}

/** What every REST answer looks like. */
export interface Envelope {
  version: string;
  success: boolean;
  data: unknown;
  errors?: EnvelopeError[];
  message?: string;
}

/** A served page, or older list. */
export function successEnvelope(data: unknown, errors: readonly EnvelopeError[] = []): Envelope {
  return { version: VERSION, success: true, data, ...(errors.length > 0 ? { errors: [...errors] } : {}) };
}

/** A failed request; `data` is what could be served. Never throws. */
export function failureEnvelope(message: string, errors: readonly EnvelopeError[], data: unknown = null): Envelope {
  return { version: VERSION, success: false, data, errors: [...errors], message };
}

/** What `/graphql` answers when a request is refused before Apollo sees it; `code` stands for the error's own. */
export function graphqlFailure({ message, extensions }: AppError, code?: string) {
  return { errors: [{ message, extensions: code === undefined ? extensions : { code } }] };
}

/** The entries for an error, one for each fault that it stands for; what is not known is an `INTERNAL_ERROR`. */
export function toEnvelopeErrors(error: unknown): EnvelopeError[] {
  if (error instanceof ValidationErrors) return error.faults.flatMap(toEnvelopeErrors);
  const known = error instanceof AppError ? error : new AppError('INTERNAL_ERROR', 'Internal error');
  const { section, message, code, timestamp, severity, details } = known;
  return [{ ...(section === undefined ? {} : { section }), message, code, timestamp, severity, ...details }];
}

/**
 * The entries for the errors of an executed operation, which come as the sections failed.
 * @param order the page's section ids: entries are put into this order, those of no section last
 */
export function fromGraphqlErrors(
  errors: readonly GraphQLError[] | undefined,
  order: readonly string[] = [],
): EnvelopeError[] {
  const places = new Map(order.map((id, index) => [id, index]));
  const placeOf = ({ section = '' }: EnvelopeError) => places.get(section) ?? order.length;
  return (errors ?? [])
    .flatMap(({ originalError }) => toEnvelopeErrors(originalError))
    .sort((a, b) => placeOf(a) - placeOf(b));
}

/** What stands for a failed section with `fallback=empty`. */
export function emptySection({ id, title, type }: Section, now: number) {
  const empty: Omit<SectionView, 'section' | 'nearby'> & { id: string } = {
    id,
    title,
    type,
    items: [],
    total: 0,
    hasMore: false,
    lastUpdated: new Date(now).toISOString(),
  };
  return { ...empty, error: true };
}
