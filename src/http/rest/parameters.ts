import { AppError, ValidationErrors } from '../../core/errors.js';
import { didYouMean } from '../../core/suggestion.js';

/** A JSON Schema (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How one parameter is read. */
export interface Parameter<Value> {
  /** The value, or undefined when the text is not one; `found` takes what is wrong with it in particular. */
  parse(text: string, found: (problem: string) => void): Value | undefined;
  /** What is allowed, as text for the error. */
  allowed: string;
  /** The same as JSON Schema, for OpenAPI. */
  schema: JsonSchema;
  /** Whether it may be given several times: its values are put together with commas. */
  repeatable?: true;
}

/** Problems reported of one parameter, and characters quoted of a bad value, so that the answer stays small. */
const MAX_PROBLEMS = 10;
const MAX_QUOTED = 64;

type Parameters = Readonly<Record<string, Parameter<unknown>>>;
type ValuesOf<Known extends Parameters> = {
  [Name in keyof Known]?: Known[Name] extends Parameter<infer Value> ? Value : never;
};

export interface ParsedQuery<Known extends Parameters> {
  values: ValuesOf<Known>;
  /** Every bad parameter. */
  faults: AppError[];
}

/** A fault of one parameter, with what is allowed. */
export function parameterFault(parameter: string, problem: string, allowed: string): AppError {
  return new AppError('VALIDATION_ERROR', `${parameter}: ${problem}; allowed: ${allowed}`, {
    details: { parameter, allowed },
  });
}

const quoted = (text: string) => `"${text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text}"`;

/** Says what is wrong with the first few, and how many more there are. */
function reportFew(
  bad: readonly string[],
  problemOf: (text: string) => string,
  found: (problem: string) => void,
): void {
  for (const text of bad.slice(0, MAX_PROBLEMS)) found(problemOf(text));
  if (bad.length > MAX_PROBLEMS) found(`... and ${bad.length - MAX_PROBLEMS} more`);
}

/** @throws ValidationErrors when there are any faults */
export function refuseFaults(faults: readonly AppError[]): void {
  if (faults.length > 0) throw new ValidationErrors(faults);
}

/**
 * Reads a query string strictly: an empty value is a bad one, and so are a parameter given twice and
 * `known[anything]=`. Names that are not known are ignored, so that trackers' parameters do no harm.
 */
export function parseQuery<Known extends Parameters>(search: string, known: Known): ParsedQuery<Known> {
  const { given, bracketed } = sorted(search);
  const values: Record<string, unknown> = {};
  const faults: AppError[] = [];
  for (const base in known) {
    const names = bracketed.get(base);
    if (names === undefined) continue;
    const found = (problem: string) => faults.push(parameterFault(base, problem, known[base]?.allowed ?? ''));
    reportFew([...names], (name) => `${quoted(name)} is no form of it`, found);
  }
  for (const name in known) {
    const [texts, parameter] = [given.get(name), known[name]];
    if (texts === undefined || parameter === undefined) continue;
    const problems: string[] = [];
    if (texts.length > 1 && parameter.repeatable === undefined) problems.push('given more than once');
    else if (texts.includes('')) problems.push('empty');
    else {
      const text = texts.join(',');
      values[name] = parameter.parse(text, (problem) => problems.push(problem));
      if (values[name] === undefined && problems.length === 0) problems.push(`${quoted(text)} is not allowed`);
    }
    for (const problem of problems) faults.push(parameterFault(name, problem, parameter.allowed));
  }
  return { values: values as ValuesOf<Known>, faults };
}

/** The texts of each name, and by what stands before the first bracket the names that have one. */
function sorted(search: string) {
  const given = new Map<string, string[]>();
  const bracketed = new Map<string, Set<string>>();
  for (const [name, text] of new URLSearchParams(search)) {
    const bracket = name.indexOf('[');
    const base = bracket === -1 ? name : name.slice(0, bracket);
    if (bracket !== -1) bracketed.set(base, (bracketed.get(base) ?? new Set()).add(name));
    else if (given.get(name)?.push(text) === undefined) given.set(name, [text]);
  }
  return { given, bracketed };
}

/** Decimal digits only, within a range. */
export const integerParameter = (range: { min: number; max: number; default?: number }): Parameter<number> => ({
  schema: {
    ...{ type: 'integer', minimum: range.min, maximum: range.max },
    ...(range.default === undefined ? {} : { default: range.default }),
  },
  allowed: `an integer from ${range.min} to ${range.max}`,
  parse: (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= range.min && value <= range.max ? value : undefined;
  },
});

export const booleanParameter: Parameter<boolean> = {
  allowed: 'true, false, 1, 0',
  schema: { type: 'string', enum: ['true', 'false', '1', '0'], default: 'false' },
  // No lookup in an object, which has `constructor` and the like as well.
  parse: (text) => (['true', '1'].includes(text) ? true : ['false', '0'].includes(text) ? false : undefined),
};

export const choiceParameter = <Choice extends string>(...choices: Choice[]): Parameter<Choice> => ({
  allowed: choices.join(', '),
  schema: { type: 'string', enum: choices, default: choices[0] },
  parse: (text, found) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) found(`${quoted(text)} is not allowed${didYouMean(text, choices)}`);
    return choice;
  },
});

/** A list of words, each of which `resolve` knows or not; one that is repeated counts once. */
export const listParameter = <Value>(options: {
  allowed: string;
  /** Of one word. */
  words: JsonSchema;
  resolve: (word: string) => Value | undefined;
  candidates: readonly string[];
}): Parameter<Value[]> => ({
  allowed: options.allowed,
  schema: { type: 'array', items: options.words },
  repeatable: true,
  parse: (text, found) => {
    const resolved = [...new Set(text.split(','))].map((word) => ({ word, value: options.resolve(word) }));
    const unknown = resolved.filter(({ value }) => value === undefined).map(({ word }) => word);
    const problemOf = (word: string) =>
      word === '' ? 'empty entry' : `${quoted(word)} is unknown${didYouMean(word, options.candidates)}`;
    reportFew(unknown, problemOf, found);
    return resolved.flatMap(({ value }) => (value === undefined ? [] : [value]));
  },
});
