import { parseArgs } from 'node:util';

interface NumberOption {
  min: number;
  max: number;
  default: number;
  description: string;
}

/** Present or not. */
interface FlagOption {
  flag: true;
  description: string;
}

/** A required option, unless it is `optional`. */
interface TextOption {
  pattern: RegExp;
  optional?: true;
  /** What `pattern` allows, in words for the help text. */
  allowed: string;
  description: string;
}

type Option = NumberOption | TextOption | FlagOption;
type Options = Readonly<Record<string, Option>>;
type ValuesOf<Known extends Options> = {
  [Name in keyof Known]: Known[Name] extends FlagOption
    ? boolean
    : Known[Name] extends { pattern: RegExp; optional: true }
      ? string | undefined
      : Known[Name] extends TextOption
        ? string
        : number;
};

/**
 * Reads a command's options, `--name value`. `--help` prints them and ends the process with 0; bad options are printed
 * together, with what is allowed, and end it with 2.
 */
export function readOptions<Known extends Options>(command: {
  usage: string;
  description: string;
  options: Known;
}): ValuesOf<Known> {
  const options = Object.entries<Option>(command.options);
  const faults: string[] = [];
  const given = parsed(command.options, faults);
  if (given['help'] === true) {
    const lines = options.map(([name, option]) => {
      return `  --${name.padEnd(12)} ${option.description}${rangeOf(option)}`;
    });
    console.log(
      [`Usage: ${command.usage}`, command.description, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n'),
    );
    process.exit(0);
  }
  const values = options.map(([name, option]) => [name, readValue(name, option, given[name], faults)] as const);
  if (faults.length > 0) {
    console.error([...faults, `Try: ${command.usage.split(' -- ')[0]} -- --help`].join('\n'));
    process.exit(2);
  }
  return Object.fromEntries(values) as ValuesOf<Known>;
}

function rangeOf(option: Option): string {
  if ('flag' in option) return '';
  return ` (${'pattern' in option ? option.allowed : `${option.min} to ${option.max}, default ${option.default}`})`;
}

function readValue(
  name: string,
  option: Option,
  text: unknown,
  faults: string[],
): string | number | boolean | undefined {
  if ('flag' in option) return text === true;
  if ('pattern' in option) {
    if (text === undefined && option.optional) return undefined;
    const value = typeof text === 'string' ? text : '';
    if (!option.pattern.test(value)) {
      faults.push(`--${name}: expected ${option.allowed}, got ${text === undefined ? 'nothing' : `"${value}"`}`);
    }
    return value;
  }
  if (text === undefined) return option.default;
  const { min, max } = option;
  const value = /^\d+$/.test(String(text)) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) faults.push(`--${name}: expected a number from ${min} to ${max}, got "${text}"`);
  return value;
}

function parsed(known: Options, faults: string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    Object.entries(known).map(([name, option]) => [
      name,
      { type: 'flag' in option ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    return parseArgs({ options: { ...options, help: { type: 'boolean' as const, short: 'h' } } }).values;
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return {};
  }
}
