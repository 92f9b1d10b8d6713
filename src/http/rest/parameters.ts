import { AppError, ValidationErrors } from '../../core/errors.js';
import { didYouMean } from '../../core/suggestion.js';

/** How one parameter is read. */
export interface Parameter<Value> {
  /** The value, or undefined when the text is not one; `found` takes what is wrong with it in particular. */
  parse(text: string, found: (problem: string) => void): Value | undefined;
  /** What is allowed, for people. */
  allowed: string;
  /** Whether it may be given several times: its values are put together with commas. */
  repeatable?: true;
}

/** Problems that one parameter is told of, and how much of each bad value: an answer stays small, whatever was sent. */
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
  const query = new URLSearchParams(search);
  const values: Record<string, unknown> = {};
  const faults: AppError[] = [];
  const names = [...new Set(query.keys())];
  for (const [base, { allowed }] of Object.entries(known)) {
    const bracketed = names.filter((name) => name.startsWith(`${base}[`));
    const found = (problem: string) => faults.push(parameterFault(base, problem, allowed));
    reportFew(bracketed, (name) => `${quoted(name)} is no form of it`, found);
  }
  for (const [name, parameter] of Object.entries(known)) {
    const given = query.getAll(name);
    if (given.length === 0) continue;
    const problems: string[] = [];
    if (given.length > 1 && parameter.repeatable === undefined) problems.push('given more than once');
    else if (given.includes('')) problems.push('empty');
    else {
      const text = given.join(',');
      values[name] = parameter.parse(text, (problem) => problems.push(problem));
      if (values[name] === undefined && problems.length === 0) problems.push(`${quoted(text)} is not allowed`);
    }
    faults.push(...problems.map((problem) => parameterFault(name, problem, parameter.allowed)));
  }
  return { values: values as ValuesOf<Known>, faults };
}

/** Decimal digits only, within a range. */
export const integerParameter = (range: { min: number; max: number }): Parameter<number> => ({
  allowed: `an integer from ${range.min} to ${range.max}`,
  parse: (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= range.min && value <= range.max ? value : undefined;
  },
});

export const booleanParameter: Parameter<boolean> = {
  allowed: 'true, false, 1, 0',
  // No lookup in an object, which has `constructor` and the like as well.
  parse: (text) => (['true', '1'].includes(text) ? true : ['false', '0'].includes(text) ? false : undefined),
};

export const choiceParameter = <Choice extends string>(...choices: Choice[]): Parameter<Choice> => ({
  allowed: choices.join(', '),
  parse: (text, found) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) found(`${quoted(text)} is not allowed${didYouMean(text, choices)}`);
    return choice;
  },
});

/** A list of words, each of which `resolve` knows or not; one that is repeated counts once. */
export const listParameter = <Value>(options: {
  allowed: string;
  resolve: (word: string) => Value | undefined;
  candidates: readonly string[];
}): Parameter<Value[]> => ({
  allowed: options.allowed,
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
