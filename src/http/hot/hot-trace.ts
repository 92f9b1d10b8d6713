import type { Span, Tracer } from '../../core/tracer.js';
import type { ServedPage } from '../../page/fragments/page-bytes.js';
import { startRequestSpan } from '../hooks/traced-requests.js';
import type { HotAnswer } from './hot-listener.js';

/** The spans of an answer of the short way, made after it: the request's, which stays open, and those of its pages and sections. */
export function traceHotAnswer(tracer: Tracer, answer: HotAnswer, route: string): Span {
  const { request, arrivedAt: startedAt, pages } = answer;
  const { method = 'GET', headers } = request;
  const span = startRequestSpan(tracer, { method, route, headers, startedAt });
  if (span.traceId !== undefined) span.within(() => tracePages(tracer, pages, startedAt));
  return span;
}

function tracePages(tracer: Tracer, pages: readonly ServedPage[], startedAt: number): void {
  for (const { metadata } of pages) {
    const page = tracer.start('page', {}, { startedAt });
    page.within(() => {
      for (const { section, status, ageMs } of metadata.sections) {
        const attributes = { 'homepage.section': section, 'homepage.status': status, 'homepage.age_ms': ageMs };
        tracer.start(`section ${section}`, attributes, { startedAt }).end();
      }
    });
    page.end();
  }
}
