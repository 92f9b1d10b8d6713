import { AppError, type ErrorCode } from '../core/errors.js';
import { failureCode } from '../database/failure.js';
import type { Section } from '../sections/define-section.js';

/** What clients are told of a section that failed: never what it died of, which goes to the log. */
export function toSectionError(section: Section, cause: unknown, at: number): AppError {
  const code: ErrorCode = failureCode(cause);
  const message = code === 'TIMEOUT_ERROR' ? `Timed out fetching ${section.id}` : `Failed to fetch ${section.id}`;
  return new AppError(code, message, { section: section.id, cause, at });
}
