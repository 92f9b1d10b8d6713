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

/** A client may ask for any selection: beyond these the oldest fragment of a value, or compiled selection, is dropped. */
const MAX_FRAGMENTS = 32;
const MAX_COMPILED = 2000;

export function createFragments(): Fragments {
  const byValue = new WeakMap<SectionValue, Map<string, Fragment>>();
  const compiled = new Map<string, readonly FieldWriter[]>();

  const writersOf = (selection: Selection): readonly FieldWriter[] => {
    const found = compiled.get(selection.id);
    if (found !== undefined) return found;
    const fields = compileFields(selection);
    keep(compiled, selection.id, fields, MAX_COMPILED);
    return fields;
  };

  return {
    of: (section, answer, limit, selection) => {
      const fragments = byValue.get(answer.value) ?? new Map<string, Fragment>();
      if (fragments.size === 0) byValue.set(answer.value, fragments);
      const id = `${limit} ${selection.id}`;
      const found = fragments.get(id);
      if (found !== undefined) return found;
      const fragment = writeFragment(writersOf(selection), { ...toView(section, answer, limit) });
      keep(fragments, id, fragment, MAX_FRAGMENTS);
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

/** A Map keeps the order of insertion. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.set(key, value);
  if (map.size <= max) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
