import type { Drill } from './drill.js';

/** Every drill, in the order in which they run. */
export const drills: readonly Drill[] = [];
