import { parseArgs } from 'node:util';

interface NumberOption {
  min: number;
  max: number;
  default: number;
  description: string;
}

/**
 * Reads `--name N` options of a command. `--help` prints what there is and ends the process with 0, a bad option
 * prints every fault with what is allowed and ends it with 2.
 */
export function readOptions<Name extends string>(command: {
  usage: string;
  description: string;
  options: Readonly<Record<Name, NumberOption>>;
}): Record<Name, number> {
  const names = Object.keys(command.options) as Name[];
  const faults: string[] = [];
  const given = parsed(names, faults);
  if (given.help === true) {
    const lines = names.map((name) => {
      const { description, min, max, default: fallback } = command.options[name];
      return `  --${name.padEnd(10)} ${description} (${min} to ${max}, default ${fallback})`;
    });
    console.log(
      [`Usage: ${command.usage}`, command.description, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n'),
    );
    process.exit(0);
  }
  const values = names.map((name) => {
    const { min, max, default: fallback } = command.options[name];
    const text = given[name];
    if (text === undefined) return [name, fallback] as const;
    const value = /^\d+$/.test(String(text)) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max))
      faults.push(`--${name}: expected a number from ${min} to ${max}, got "${text}"`);
    return [name, value] as const;
  });
  if (faults.length > 0) {
    console.error([...faults, `Try: ${command.usage.split(' -- ')[0]} -- --help`].join('\n'));
    process.exit(2);
  }
  return Object.fromEntries(values) as Record<Name, number>;
}

function parsed(names: readonly string[], faults: string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ options: { ...options, help: { type: 'boolean' as const, short: 'h' } } }).values;
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return {};
  }
}
