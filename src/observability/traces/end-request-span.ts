import type { Span } from '../../core/tracer.js';
import type { LoggedAnswer } from '../answer-log.js';

/** Ends the span of a request with what became of it; nothing for one that is not traced. */
export function endRequestSpan(answer: LoggedAnswer & { readonly span: Span | undefined }): void {
  const { span } = answer;
  if (span === undefined) return;
  const { requestId, status, isPartial, page } = answer;
  span.set({
    'homepage.request_id': requestId,
    'http.response.status_code': status,
    ...(page === undefined ? {} : { 'homepage.cache_hit': page.cacheHit, 'homepage.partial': isPartial }),
  });
  // A client's fault is no failure of the server (semantic conventions for HTTP spans).
  if (status >= 500) span.fail(String(status));
  span.end();
}
