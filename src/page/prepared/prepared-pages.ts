import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.js';
import { createIsoTime } from '../../core/iso-time.js';
import type { ReferenceLoaders } from '../../loaders/references.js';
import type { Viewer } from '../../sections/define-section.js';
import type { PageBytes, PageWriter, ServedPage } from '../fragments/page-bytes.js';
import { once } from '../once.js';
import type { SectionAnswers, SectionSource } from '../sources/section-source.js';
import type { ViewCounter } from '../view-counter.js';
import { metadataOfCopies } from './copy-metadata.js';
import type { PreparedOperation } from './prepared-operation.js';

/** An answer to a prepared operation, with what its headers and its log line are made of. */
export interface PreparedAnswer {
  readonly bytes: PageBytes;
  readonly pages: readonly ServedPage[];
}

/** Operations whose last answer is kept: it holds the values of its entries. */
const MAX_MADE = 16;

/** An answer, and all that it depends on. Many are made in one millisecond, and most of them say the same. */
interface Made {
  readonly now: number;
  readonly startedAt: number;
  readonly viewer: string | undefined;
  readonly answers: readonly SectionAnswers[];
  readonly answer: PreparedAnswer;
}

function isSame(one: Made, other: Omit<Made, 'answer'>): boolean {
  if (one.now !== other.now || one.startedAt !== other.startedAt || one.viewer !== other.viewer) return false;
  return one.answers.every((answers, page) =>
    answers.every((answer, index) => {
      const same = other.answers[page]?.[index];
      return (
        same?.value === answer.value &&
        same.status === answer.status &&
        same.ageMs === answer.ageMs &&
        same.freshForMs === answer.freshForMs &&
        same.staleForMs === answer.staleForMs
      );
    }),
  );
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

  const last = new LRUCache<PreparedOperation, Made>({ max: MAX_MADE });

  const make = (
    operation: PreparedOperation,
    viewer: Viewer | undefined,
    { startedAt, now, answers }: Pick<Made, 'startedAt' | 'now' | 'answers'>,
  ): PreparedAnswer => {
    const pages = operation.pages.map(({ sections, keyOf }, index): ServedPage => {
      const served = answers[index] ?? [];
      const cacheKey = keyOf(viewer);
      const metadata = metadataOfCopies({ sections, answers: served, viewer, cacheKey, startedAt, isoTime, now });
      return { answers: served, metadata };
    });
    return { bytes: writer.write(operation, pages, viewer?.userId ?? ''), pages };
  };

  const served = (
    operation: PreparedOperation,
    viewer: Viewer | undefined,
    startedAt: number,
    answers: readonly SectionAnswers[],
  ): PreparedAnswer => {
    for (const { sections } of operation.pages) views.record(...sections.map(({ id }) => id));
    const of = { now: clock.now(), startedAt, viewer: viewer?.userId, answers };
    const known = last.get(operation);
    if (known !== undefined && isSame(known, of)) return known.answer;
    const answer = make(operation, viewer, of);
    last.set(operation, { ...of, answer });
    return answer;
  };

  return {
    answer: (operation, viewer, startedAt) => {
      const answers = source.present(operation.pages, viewer, once(newLoaders));
      return answers && served(operation, viewer, startedAt, answers);
    },
    look: (operation, viewer, startedAt) =>
      source
        .look(operation.pages, viewer, once(newLoaders))
        ?.then((answers) => answers && served(operation, viewer, startedAt, answers)),
  };
}
