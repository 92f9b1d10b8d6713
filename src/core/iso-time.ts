/**
 * Writes times as ISO 8601. Many answers are made in one millisecond, and a date takes longer than the rest
 * of an answer's metadata or log line.
 */
export function createIsoTime(): (at: number) => string {
  let last = { at: Number.NaN, text: '' };
  return (at) => {
    if (at !== last.at) last = { at, text: new Date(at).toISOString() };
    return last.text;
  };
}
