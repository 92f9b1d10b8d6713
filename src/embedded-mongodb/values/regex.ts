import { regexParts } from './bson-values.js';
import { badValue, CommandError, notImplemented } from './mongo-errors.js';

const supportedFlags: Readonly<Record<string, string>> = { i: 'i', m: 'm', s: 's', u: 'u' };

/**
 * A JavaScript RegExp for MongoDB's (PCRE2) pattern and options. Options `i m s u` are served, `x` is refused, as are the pieces of
 * syntax that JavaScript has not got or reads in another way.
 */
export function compileRegex(pattern: string, options: string): RegExp {
  let flags = '';
  for (const option of options) {
    if (option === 'x') throw notImplemented('The regular expression option x');
    const flag = supportedFlags[option];
    if (flag === undefined) throw new CommandError(51108, `invalid flag in regex options: ${option}`);
    if (!flags.includes(flag)) flags += flag;
  }
  let source = pattern;
  const inline = /^\(\?([ims]+)\)/.exec(source);
  if (inline) {
    for (const flag of inline[1] ?? '') if (!flags.includes(flag)) flags += flag;
    source = source.slice(inline[0].length);
  }
  if (/\(\?[^:=!<]|\\[AzZGhHRQEXpPK]|[*+?}]\+|\[\[:/.test(source.replace(/\\\\/g, ''))) {
    throw notImplemented(`The regular expression ${pattern}`);
  }
  // With `u`, characters are code points, as they are to PCRE2; some patterns are valid only without.
  if (!flags.includes('u')) {
    try {
      return new RegExp(source, `${flags}u`);
    } catch {
      // On without it.
    }
  }
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new CommandError(51091, `Regular expression is invalid: ${error instanceof Error ? error.message : pattern}`);
  }
}

/** The predicate of `{ $regex, $options }`: strings that match, and regular expressions that are the same. */
export function compileRegexOperand(operand: unknown, options: unknown): (value: unknown) => boolean {
  const parts = typeof operand === 'string' ? { pattern: operand, options: '' } : regexParts(operand);
  if (!parts) throw badValue('$regex has to be a string');
  if (options !== undefined && typeof options !== 'string') throw badValue('$options has to be a string');
  if (options !== undefined && parts.options !== '') {
    throw new CommandError(51075, 'options set in both $regex and $options');
  }
  const flags = options ?? parts.options;
  const regex = compileRegex(parts.pattern, flags);
  return (value) => {
    if (typeof value === 'string') return regex.test(value);
    const other = typeof value === 'object' ? regexParts(value) : undefined;
    return other !== undefined && other.pattern === parts.pattern && other.options === flags;
  };
}
