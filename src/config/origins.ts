/** An origin (RFC 6454), or one on every port (`http://localhost:*`). */
const ORIGIN = /^(https?:\/\/[^/?#@\s*]+?)(:\*)?$/i;

/** One of `CORS_ORIGINS` as browsers spell it; undefined when it is none, with anything after the port among them. */
export function normalisedOrigin(text: string): string | undefined {
  const [, base = '', anyPort = ''] = ORIGIN.exec(text.trim()) ?? [];
  try {
    const { origin, port } = new URL(base);
    return anyPort !== '' && port !== '' ? undefined : `${origin}${anyPort}`;
  } catch {
    return undefined;
  }
}

/** The origins of a comma-separated list. */
export const originsIn = (list: string): string[] => list.split(',').flatMap((text) => normalisedOrigin(text) ?? []);

/** What in a comma-separated list is no origin. */
export const notOrigins = (list: string): string[] =>
  list.split(',').filter((text) => normalisedOrigin(text) === undefined);
