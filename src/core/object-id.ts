/** The 24 hexadecimal digits of an ObjectId, as part of a larger pattern: lower case. */
export const OBJECT_ID_DIGITS = '[0-9a-f]{24}';

/** An ObjectId as text, upper or lower case. */
export const OBJECT_ID = new RegExp(`^${OBJECT_ID_DIGITS}$`, 'i');

/** The one spelling of an ObjectId that is written as text, lower case; undefined when the text is none. */
export function objectIdText(text: string): string | undefined {
  return OBJECT_ID.test(text) ? text.toLowerCase() : undefined;
}
