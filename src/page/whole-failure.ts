import type { AppError } from '../core/errors.js';

/**
 * The error that stands for a whole answer: undefined while at least one section was served, or none was asked for.
 * An unreachable database goes before everything else, because the client can wait for it.
 */
export function wholeFailure(outcomes: readonly { error?: AppError }[]): AppError | undefined {
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  if (errors.length < outcomes.length) return undefined;
  return errors.find(({ status }) => status === 503) ?? errors[0];
}
