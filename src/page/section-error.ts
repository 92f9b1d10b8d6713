import { AppError, type ErrorCode } from '../core/errors.js';
import { failureCode } from '../database/failure.js';
import type { Section } from '../sections/define-section.js';

/** The error that stands for a failed section. Its message is for clients; `cause` goes to the log. */
export function toSectionError(section: Section, cause: unknown, at: number): AppError {
  const code: ErrorCode = failureCode(cause);
  return new AppError(code, messageOf(code, section.id), { section: section.id, cause, at });
}

function messageOf(code: ErrorCode, sectionId: string): string {
  if (code === 'TIMEOUT_ERROR') return `Timed out fetching ${sectionId}`;
  return code === 'OVERLOADED' ? `Too busy to fetch ${sectionId}` : `Failed to fetch ${sectionId}`;
}
