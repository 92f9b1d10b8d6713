/** What a client gets of an object: its fields in the order of the answer, merged, with `@skip` and `@include` carried out. */
export interface Selection {
  /** The selection as text: two selections that write the same bytes have the same. */
  readonly id: string;
  readonly fields: readonly SelectedField[];
}

export interface SelectedField {
  /** The key in the answer: the field's alias, or its name. */
  readonly key: string;
  readonly name: string;
  /** JSON text of a field that is the same for every object (`__typename`). */
  readonly constant?: string;
  /** Selection of an object, or of each object of a list. */
  readonly below?: Selection;
  /** Turns a leaf into its JSON value where the stored one differs (an enum's internal value). */
  readonly serialize?: (value: unknown) => unknown;
}

export type Write = (value: Readonly<Record<string, unknown>>) => string;

export function selectionOf(fields: readonly SelectedField[]): Selection {
  const id = fields
    .map(({ key, name, constant, below }) => {
      const leaf = constant ?? name;
      return `${key === leaf ? '' : `${key}:`}${leaf}${below === undefined ? '' : `{${below.id}}`}`;
    })
    .join(' ');
  return { id, fields };
}

/** Writes one field of an object, with its key. */
export interface FieldWriter {
  readonly key: string;
  readonly write: Write;
}

/** Compiles a selection, field by field; the object's values must be ready for JSON. */
export function compileFields({ fields }: Selection): readonly FieldWriter[] {
  return fields.map((field) => {
    const { key, name, constant } = field;
    const prefix = `${JSON.stringify(key)}:`;
    if (constant !== undefined) return { key, write: () => prefix + constant };
    const write = compileValue(field);
    return { key, write: (value) => prefix + write(value[name]) };
  });
}

/** Compiles a selection to a function that writes an object as JSON text. */
export function compileWriter(selection: Selection): Write {
  const fields = compileFields(selection);
  return (value) => {
    let text = '';
    for (const { write } of fields) text += text === '' ? write(value) : `,${write(value)}`;
    return `{${text}}`;
  };
}

function compileValue({ below, serialize }: SelectedField): (value: unknown) => string {
  const single =
    below === undefined
      ? (value: unknown) => JSON.stringify(serialize === undefined ? value : serialize(value))
      : asObject(compileWriter(below));
  const write = (value: unknown): string => {
    if (value === null || value === undefined) return 'null';
    return Array.isArray(value) ? `[${value.map(write).join(',')}]` : single(value);
  };
  return write;
}

const asObject =
  (write: Write) =>
  (value: unknown): string =>
    write(value as Readonly<Record<string, unknown>>);
