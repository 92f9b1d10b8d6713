import type { CacheResult } from '../../cache/ask.js';
import type { Clock } from '../../core/clock.js';
import { createIsoTime } from '../../core/iso-time.js';
import type { Viewer } from '../../sections/define-section.js';
import type { PageBytes, PageWriter, ServedPage } from '../fragments/page-bytes.js';
import type { SectionSource, SectionValue } from '../sources/section-source.js';
import type { ViewCounter } from '../view-counter.js';
import { metadataOfCopies } from './copy-metadata.js';
import type { PreparedOperation, PreparedPage } from './prepared-operation.js';

/** An answer to a prepared operation, with what its headers and its log line are made of. */
export interface PreparedAnswer {
  readonly bytes: PageBytes;
  readonly pages: readonly ServedPage[];
}

/**
 * The short way of a page: a prepared operation whose sections are all in memory is answered from their fragments, without a
 * promise, a resolver or a serialisation.
 */
export interface PreparedPages {
  /** Undefined when a section has to be waited for, or is not fresh: the long way answers then. */
  answer(operation: PreparedOperation, viewer: Viewer | undefined, startedAt: number): PreparedAnswer | undefined;
}

export function createPreparedPages(options: {
  source: Pick<SectionSource, 'present'>;
  writer: PageWriter;
  views: Pick<ViewCounter, 'record'>;
  clock: Clock;
}): PreparedPages {
  const { source, writer, views, clock } = options;
  const isoTime = createIsoTime();

  const answersOf = (page: PreparedPage, viewer: Viewer | undefined): CacheResult<SectionValue>[] | undefined => {
    const answers: CacheResult<SectionValue>[] = [];
    for (const section of page.sections) {
      const answer = source.present({ section, near: page.near, viewer });
      if (answer === undefined) return undefined;
      answers.push(answer);
    }
    return answers;
  };

  return {
    answer: (operation, viewer, startedAt) => {
      const pages: ServedPage[] = [];
      for (const page of operation.pages) {
        const answers = answersOf(page, viewer);
        if (answers === undefined) return undefined;
        const cacheKey = page.keyOf(viewer);
        const { sections } = page;
        const now = clock.now();
        const metadata = metadataOfCopies({ sections, answers, viewer, cacheKey, startedAt, isoTime, now });
        pages.push({ answers, metadata });
      }
      const bytes = writer.write(operation, pages, viewer?.userId ?? '');
      for (const { sections } of operation.pages) for (const { id } of sections) views.record(id);
      return { bytes, pages };
    },
  };
}
