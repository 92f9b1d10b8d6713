import type { IncomingHttpHeaders } from 'node:http';
import { ValidationErrors } from '../../core/errors.js';
import { integerParameter, parameterFault } from '../rest/parameters.js';

const HEADER = 'x-request-timeout-ms';
const timeout = integerParameter({ min: 1, max: 600_000 });

/**
 * How long the client would wait, in milliseconds, if it says so; it can shorten the time of its request, never lengthen it.
 * @throws ValidationErrors when the header is no such number
 */
export function clientTimeoutMs(headers: IncomingHttpHeaders): number | undefined {
  const given = headers[HEADER];
  if (given === undefined) return undefined;
  const timeoutMs = timeout.parse(String(given), () => undefined);
  if (timeoutMs === undefined) {
    throw new ValidationErrors([parameterFault(HEADER, 'is not allowed', `${timeout.allowed} (milliseconds)`)]);
  }
  return timeoutMs;
}
