/** A protection of the cache, and the change of its code that takes it away. */
export interface Protection {
  /** What it keeps, in a few words. */
  name: string;
  file: string;
  /** Stands exactly once in the file. */
  code: string;
  without: string;
}
