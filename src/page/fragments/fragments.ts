import { LRUCache } from 'lru-cache';
import type { CacheResult } from '../../cache/ask.js';
import type { Section } from '../../sections/define-section.js';
import { toView } from '../section-view.js';
import type { SectionValue } from '../sources/section-source.js';
import { compileFields, type FieldWriter, type Selection } from './selection.js';

/** One section as JSON text, for one limit and one selection. */
export interface Fragment {
  readonly text: string;
  /** The text without `lastUpdated`: the same for the same items, also when they were read once more. */
  content(): string;
}

/** Makes fragments, and keeps each with the value that it was made of: it is dropped with it. */
export interface Fragments {
  of(section: Section, answer: CacheResult<SectionValue>, limit: number, selection: Selection): Fragment;
}

/** A client may ask for any selection: beyond these bounds the least recently used fragment, or compiled selection, is dropped. */
const MAX_BYTES = 33_554_432;
const MAX_COMPILED = 2000;
/** What a fragment takes beside its text; a text may have two bytes a character. */
const OVERHEAD_BYTES = 500;

interface Held {
  readonly ofValue: Map<string, Fragment>;
  readonly id: string;
}

export function createFragments(options: { maxBytes?: number } = {}): Fragments {
  const { maxBytes = MAX_BYTES } = options;
  const byValue = new WeakMap<SectionValue, Map<string, Fragment>>();
  const held = new LRUCache<Fragment, Held>({
    maxSize: maxBytes,
    sizeCalculation: (_, { text }) => OVERHEAD_BYTES + 2 * text.length,
    dispose: ({ ofValue, id }) => ofValue.delete(id),
  });
  const compiled = new LRUCache<string, readonly FieldWriter[]>({ max: MAX_COMPILED });

  const writersOf = (selection: Selection): readonly FieldWriter[] => {
    const found = compiled.get(selection.id) ?? compileFields(selection);
    compiled.set(selection.id, found);
    return found;
  };

  return {
    of: (section, answer, limit, selection) => {
      const ofValue = byValue.get(answer.value) ?? new Map<string, Fragment>();
      if (ofValue.size === 0) byValue.set(answer.value, ofValue);
      const id = `${limit} ${selection.id}`;
      const fragment = ofValue.get(id) ?? writeFragment(writersOf(selection), { ...toView(section, answer, limit) });
      if (held.get(fragment) === undefined) {
        ofValue.set(id, fragment);
        held.set(fragment, { ofValue, id });
      }
      return fragment;
    },
  };
}

function writeFragment(fields: readonly FieldWriter[], view: Readonly<Record<string, unknown>>): Fragment {
  let text = '{';
  let start = 0;
  let end = 0;
  for (const [index, { key, write }] of fields.entries()) {
    const isTime = key === 'lastUpdated';
    if (isTime) start = text.length;
    if (index > 0) text += ',';
    text += write(view);
    // With one of the commas beside it: what is left is an object.
    if (isTime) end = index === 0 && fields.length > 1 ? text.length + 1 : text.length;
  }
  text += '}';
  return { text, content: () => text.slice(0, start) + text.slice(end) };
}
