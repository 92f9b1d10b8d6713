import { type Doc, getField, isDoc, setField } from '../values/bson-values.js';
import { CommandError } from '../values/mongo-errors.js';
import { typeAlias } from '../values/value-predicates.js';

/** A place in a document that an update is working on (a private copy, changed in place). */
export interface Place {
  /** The value there; undefined where there is none. */
  readonly value: unknown;
  /** Sets it, making the documents on the way; says what to report as changed: the path itself or the first part that was made. */
  set(value: unknown): void;
  remove(): void;
  /** The path as a change event reports it. */
  readonly reported: string;
}

const MAX_PADDING = 1_500_000;
const isIndex = (part: string): boolean => /^(0|[1-9]\d*)$/.test(part);

/**
 * Finds a dotted path in `document`. Undefined where something is in the way, unless the update would have to write there: then
 * PathNotViable (28) is thrown, as MongoDB does.
 */
export function findPlace(document: Doc, path: string, write: boolean): Place | undefined {
  const parts = path.split('.');
  let container: Doc | unknown[] = document;
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i] ?? '';
    const child = childOf(container, part, parts, i, write);
    if (child === blocked) return undefined;
    const last = i === parts.length - 1;
    if (!last && (isDoc(child) || Array.isArray(child))) {
      container = child;
      continue;
    }
    if (!last && child !== undefined) {
      if (write) throw notViable(parts[i + 1] ?? '', part, child);
      return undefined;
    }
    return placeAt(container, part, child, parts, i);
  }
  return undefined;
}

const blocked = Symbol('blocked');

function childOf(
  container: Doc | unknown[],
  part: string,
  parts: readonly string[],
  at: number,
  write: boolean,
): unknown {
  if (!Array.isArray(container)) return getField(container, part);
  if (isIndex(part)) return container[Number(part)];
  if (write) throw notViable(part, parts[at - 1] ?? '', container);
  return blocked;
}

function placeAt(
  container: Doc | unknown[],
  part: string,
  value: unknown,
  parts: readonly string[],
  at: number,
): Place {
  const inner = parts.slice(at + 1);
  const padded = Array.isArray(container) && Number(part) > container.length;
  return {
    value: inner.length === 0 ? value : undefined,
    reported: parts.slice(0, padded ? at : at + 1).join('.'),
    set: (next) => {
      const made = inner.reduceRight<unknown>((inside, field) => ({ [field]: inside }), next);
      if (!Array.isArray(container)) {
        setField(container, part, made);
        return;
      }
      const index = Number(part);
      if (index - container.length > MAX_PADDING)
        throw new CommandError(2, `can't backfill more than ${MAX_PADDING} elements`);
      while (container.length < index) container.push(null);
      container[index] = made;
    },
    remove: () => {
      if (inner.length > 0 || value === undefined) return;
      if (Array.isArray(container)) container[Number(part)] = null;
      else delete container[part];
    },
  };
}

function notViable(part: string, parent: string, element: unknown): CommandError {
  return new CommandError(28, `Cannot create field '${part}' in element {${parent}: ${brief(element)}}`);
}

function brief(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? JSON.stringify(value) : `<${typeAlias(value)}>`;
}

/** A copy of documents and arrays, all the way down; the values in them are shared, since they never change. */
export function copyDeep<T>(value: T): T;
export function copyDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => copyDeep(element));
  if (!isDoc(value)) return value;
  const copy: Doc = { ...value };
  for (const field of Object.keys(copy)) setField(copy, field, copyDeep(copy[field]));
  return copy;
}
