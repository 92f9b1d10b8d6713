import type { Clock } from '../../core/clock.js';
import { createIsoTime } from '../../core/iso-time.js';
import { once } from '../../core/once.js';
import type { ReferenceLoaders } from '../../loaders/references.js';
import type { Viewer } from '../../sections/define-section.js';
import type { PageBytes, PageWriter, ServedPage } from '../fragments/page-bytes.js';
import type { SectionAnswers, SectionSource } from '../sources/section-source.js';
import type { ViewCounter } from '../view-counter.js';
import { metadataOfCopies } from './copy-metadata.js';
import type { PreparedOperation } from './prepared-operation.js';

/** An answer to a prepared operation, with what its headers and its log line are made of. */
export interface PreparedAnswer {
  readonly bytes: PageBytes;
  readonly pages: readonly ServedPage[];
}

/**
 * The short way of a page: a prepared operation whose sections are all at hand is answered from their fragments, without a
 * resolver or a serialisation.
 */
export interface PreparedPages {
  /** Without a promise. Undefined when a section has to be looked for, or waited for. */
  answer(operation: PreparedOperation, viewer: Viewer | undefined, startedAt: number): PreparedAnswer | undefined;
  /**
   * After one look at Redis, which says whether what memory holds still stands. Resolves with undefined when a section has to be
   * waited for: the long way answers then. Undefined at once when memory does not hold every section.
   */
  look(
    operation: PreparedOperation,
    viewer: Viewer | undefined,
    startedAt: number,
  ): Promise<PreparedAnswer | undefined> | undefined;
}

export function createPreparedPages(options: {
  source: Pick<SectionSource, 'present' | 'look'>;
  writer: PageWriter;
  views: Pick<ViewCounter, 'record'>;
  /** Of one answer: what it finds stale is renewed together. */
  newLoaders: () => ReferenceLoaders;
  clock: Clock;
}): PreparedPages {
  const { source, writer, views, newLoaders, clock } = options;
  const isoTime = createIsoTime();

  const written = (
    operation: PreparedOperation,
    viewer: Viewer | undefined,
    startedAt: number,
    answers: readonly SectionAnswers[],
  ): PreparedAnswer => {
    const now = clock.now();
    const pages = operation.pages.map(({ sections, keyOf }, index): ServedPage => {
      const served = answers[index] ?? [];
      const cacheKey = keyOf(viewer);
      const metadata = metadataOfCopies({ sections, answers: served, viewer, cacheKey, startedAt, isoTime, now });
      return { answers: served, metadata };
    });
    const bytes = writer.write(operation, pages, viewer?.userId ?? '');
    for (const { sections } of operation.pages) for (const { id } of sections) views.record(id);
    return { bytes, pages };
  };

  return {
    answer: (operation, viewer, startedAt) => {
      const answers = source.present(operation.pages, viewer, once(newLoaders));
      return answers && written(operation, viewer, startedAt, answers);
    },
    look: (operation, viewer, startedAt) =>
      source
        .look(operation.pages, viewer, once(newLoaders))
        ?.then((answers) => answers && written(operation, viewer, startedAt, answers)),
  };
}
