import type { Protection } from './protection.js';

const cache = 'src/cache';

/** What keeps a value from being made of something older than an invalidation allows. */
export const partProtections: readonly Protection[] = [
  {
    name: 'a part is asked about before it is used',
    file: `${cache}/parts.ts`,
    code: ' || !(await isHeard(held))',
    without: '',
  },
  {
    name: 'a part that was invalidated is no part of a later value',
    file: `${cache}/parts.ts`,
    code: "if (answers.verdict(part) === 'valid') parts.set",
    without: 'parts.set',
  },
  {
    name: 'a part is judged from before it was read',
    file: `${cache}/parts.ts`,
    code: 'asOf: seq,',
    without: 'asOf: log.seq,',
  },
  {
    name: 'a part that is too old is read again',
    file: `${cache}/parts.ts`,
    code: 'part !== undefined && clock.monotonic() - part.bornAt < maxAgeMs',
    without: 'part !== undefined',
  },
  {
    name: 'parts are judged for the last time before tags are forgotten',
    file: `${cache}/cache.ts`,
    code: '[...memory.copies(), ...parts.all()]',
    without: 'memory.copies()',
  },
  {
    name: 'an entry is fresh for no longer than its oldest part',
    file: `${cache}/entry.ts`,
    code: 'ms - (lifetime.partsAgeMs ?? 0)',
    without: 'ms',
  },
  {
    name: 'data asked for fresh has no older part',
    file: `${cache}/copy-answers.ts`,
    code: 'copy.bornAt - copy.header.partsAgeMs <',
    without: 'copy.bornAt <',
  },
];
