import type { Doc } from '../values/bson-values.js';

/** A stage with its operand compiled: refusals come from compiling, before any document is read. */
export type Stage = (documents: Iterable<Doc>) => Iterable<Doc>;
