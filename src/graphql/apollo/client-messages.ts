/** Messages of the libraries that refuse without naming their limit. */
const unnamed: Readonly<Record<string, string>> = {
  // graphql-js, OverlappingFieldsCanBeMergedRule.
  'Validation aborted.':
    'The document selects the same fields too often: comparing them takes more than the 500000 steps that are allowed',
};

/** What a client is told of a fault in its request: with the limit named, where a library does not. */
export const clearMessage = (message: string): string => unnamed[message] ?? message;

/**
 * The same without what it tells of the schema, for production, where introspection is off as well. A variable's
 * message would name the fields of its type, and those that it lacks.
 */
export function withoutSchemaDetails(message: string): string {
  const [variable] = /^Variable "\$\w+" got invalid value/.exec(message) ?? [];
  return variable === undefined ? message.replace(/ ?Did you mean(.+?)\?$/s, '') : `${variable}.`;
}
