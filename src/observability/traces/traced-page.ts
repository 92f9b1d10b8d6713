import { type Tracer, traced } from '../../core/tracer.js';
import type { Homepage } from '../../page/homepage.js';
import type { SectionSource } from '../../page/sources/section-source.js';

/** A page in a span of its own, which ends with the last of its sections. */
export function tracedHomepage(homepage: Homepage, tracer: Tracer | undefined): Homepage {
  if (tracer === undefined) return homepage;
  return {
    ...homepage,
    open: (scope, request) => {
      homepage.requireEnabled();
      const span = tracer.start('page', { 'homepage.limit': request.limit });
      const page = span.within(() => homepage.open(scope, request));
      void Promise.allSettled(page.sections.values()).then(() => span.end());
      return page;
    },
  };
}

/** Each section that a request waits for in a span, which says how it was served. The short way has spans of its own. */
export function tracedSource(source: SectionSource, tracer: Tracer | undefined): SectionSource {
  if (tracer === undefined) return source;
  return {
    present: source.present,
    look: source.look,
    get: (request) => {
      const { id } = request.section;
      return traced(tracer, `section ${id}`, { 'homepage.section': id }, async (span) => {
        // Overwritten when it is served.
        span?.set({ 'homepage.status': 'FAILED' });
        const answer = await source.get(request);
        span?.set({ 'homepage.status': answer.status, 'homepage.age_ms': answer.ageMs });
        return answer;
      });
    },
  };
}
