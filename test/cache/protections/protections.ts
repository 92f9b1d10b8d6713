/** A protection of the cache, and the change of its code that takes it away. */
export interface Protection {
  /** What it keeps, in a few words. */
  name: string;
  file: string;
  /** Stands exactly once in the file. */
  code: string;
  without: string;
}

const cache = 'src/cache';

/** Every protection that the cache's promises rest on. Without any of them a test or the model must be red. */
export const protections: readonly Protection[] = [
  {
    name: 'a hard invalidation forbids serving, in grace too',
    file: `${cache}/entry.ts`,
    code: `if (verdict === 'forbidden' || ageMs >=`,
    without: 'if (ageMs >=',
  },
  {
    name: 'what cannot be verified is not CACHED',
    file: `${cache}/entry.ts`,
    code: `if (verdict === 'unverified') return 'grace';`,
    without: `if (verdict === 'unverified') return 'fresh';`,
  },
  {
    name: 'what cannot be verified serves in grace',
    file: `${cache}/entry.ts`,
    code: `if (verdict === 'unverified') return 'grace';`,
    without: `if (verdict === 'unverified') return 'dead';`,
  },
  {
    name: "the reader's policy bounds how long an entry is fresh",
    file: `${cache}/entry.ts`,
    code: 'return Math.min(lifetimes.freshMs, policy.freshMs);',
    without: 'return lifetimes.freshMs;',
  },
  {
    name: 'a value is judged by what was invalidated since its load began',
    file: `${cache}/loading/load-and-keep.ts`,
    code: 'settle(copy, text, ask, held);\n      return { copy };',
    without: 'copy.asOf = log.seq;\n      settle(copy, text, ask, held);\n      return { copy };',
  },
  {
    name: 'an entry tells others from which moment on it is to be judged',
    file: `${cache}/loading/load-and-keep.ts`,
    code: '{ ...header, moment: look.moment, bornAt: look.now }',
    without: '{ ...header, moment: log.moment ?? look.moment, bornAt: look.now }',
  },
  {
    name: 'a degraded value never takes the place of a whole one',
    file: `${cache}/loading/load-and-keep.ts`,
    code: '    !copy.header.degraded ||\n    present === undefined ||',
    without: '    copy !== undefined ||\n    present === undefined ||',
  },
  {
    name: 'an entry of another incarnation is a miss',
    file: `${cache}/shared/shared-look.ts`,
    code: 'if (header.moment.incarnation !== reading.moment.incarnation) return undefined;',
    without: '',
  },
  {
    name: 'tags that were found in an entry are looked at too',
    file: `${cache}/shared/shared-look.ts`,
    code: 'if (late.length > 0 && !(await reader.read(needed))) return undefined;',
    without: '',
  },
  {
    name: 'an entry from the future is as old as its look',
    file: `${cache}/shared/shared-look.ts`,
    code: 'const ageMs = Math.max(0, reading.now - bornAt);',
    without: 'const ageMs = reading.now - bornAt;',
  },
  {
    name: 'the better of two copies is the one with the milder verdict',
    file: `${cache}/shared/shared-look.ts`,
    code: 'return graver(one, other) === one ? found : held;',
    without: 'return held;',
  },
  {
    name: 'a copy of another incarnation cannot be verified',
    file: `${cache}/invalidation-log.ts`,
    code: 'moment.incarnation === present.incarnation && moment.count >= presentFloor',
    without: 'moment.count >= presentFloor',
  },
  {
    name: 'a copy from before the dropped marks cannot be verified',
    file: `${cache}/invalidation-log.ts`,
    code: ' && moment.count >= presentFloor',
    without: '',
  },
  {
    name: 'what is forgotten counts as invalidated',
    file: `${cache}/invalidation-log.ts`,
    code: 'dependence.asOf < forgottenUpTo[mode] ||\n',
    without: '',
  },
  {
    name: 'an invalidation of everything counts for every value',
    file: `${cache}/invalidation-log.ts`,
    code: 'isMarked(EVERYTHING, mode, dependence) ||\n',
    without: '',
  },
  {
    name: 'an old message takes nothing away',
    file: `${cache}/invalidation-log.ts`,
    code: 'if (Math.max(marks?.own?.count ?? 0, marks?.heard?.count ?? 0) >= count) return;',
    without: '',
  },
  {
    name: "another process' invalidation is not hidden by an own one",
    file: `${cache}/invalidation-log.ts`,
    code: 'seq += 1;\n      own.seq = seq;',
    without: 'seq += 1;',
  },
  {
    name: 'a copy is checked again on a new link',
    file: `${cache}/at-hand.ts`,
    code: 'copy.epoch === shared.link.epoch && now',
    without: 'now',
  },
  {
    name: 'a copy is checked again after a minute',
    file: `${cache}/at-hand.ts`,
    code: ' && now < copy.checkedAt + policy.memoryMs',
    without: '',
  },
  {
    name: 'a silent message line is not trusted',
    file: `${cache}/at-hand.ts`,
    code: '(!alwaysLook && shared.link.isHeard)',
    without: '!alwaysLook',
  },
  {
    name: 'where nothing is served without a look, memory alone serves nothing',
    file: `${cache}/at-hand.ts`,
    code: '(!alwaysLook && shared.link.isHeard)',
    without: 'shared.link.isHeard',
  },
  {
    name: 'a look is shared only until it is sent',
    file: `${cache}/at-hand.ts`,
    code: 'if (looking.size === 0) clock.soon(() => looking.clear());',
    without: '',
  },
  {
    name: 'what is at hand, or was found by a look, is judged',
    file: `${cache}/at-hand.ts`,
    code: 'const fresh = answers.fresh(copy, key.policy, now);',
    without:
      "const fresh = { value: copy.value, status: 'CACHED' as const, readAt: copy.header.readAt, ageMs: now - copy.bornAt, freshForMs: 1000, staleForMs: 1000 };",
  },
  {
    name: 'an entry that is older than the copy it was looked for with is judged by marks of its own time',
    file: `${cache}/shared/shared-look.ts`,
    code: 'known.has(tag) && header.moment.count >= since',
    without: 'known.has(tag)',
  },
  {
    name: 'those who look together are told the marks that the oldest copy needs',
    file: `${cache}/shared/shared-reader.ts`,
    code: 'Math.min(...requests.map((request) => request.since))',
    without: 'Math.max(...requests.map((request) => request.since))',
  },
  {
    name: 'a process that was stopped looks before it trusts its memory',
    file: `${cache}/shared/shared-link.ts`,
    code: 'if (now - pingedAt > LATE_MS) heardUpTo = Number.NEGATIVE_INFINITY;',
    without: '',
  },
  {
    name: 'a load that outlives a link is not passed for fresh',
    file: `${cache}/resolve.ts`,
    code: 'await catchUp(key, id, ask, loadEpoch);',
    without: '',
  },
  {
    name: 'a caller who comes during an unheard look has a look of its own',
    file: `${cache}/resolve.ts`,
    code: 'const isOwed = look !== undefined && !isHeardSince(lookEpoch);',
    without: 'const isOwed = false;',
  },
  {
    name: 'a caller on a new link is not answered with what an earlier one found out',
    file: `${cache}/resolve.ts`,
    code: 'const result = ask.askedEpoch > epochs ? undefined : answerFor(ask);',
    without: 'const result = answerFor(ask);',
  },
  {
    name: 'a failed load is remembered',
    file: `${cache}/resolve.ts`,
    code: 'if (failure) return failAll(flight, epochs, failure.error);',
    without: '',
  },
  {
    name: 'soft invalidations renew an entry once a second at most',
    file: `${cache}/copy-answers.ts`,
    code: `verdict(copy) === 'stale' && ageOf(copy) < CALM_MS &&`,
    without: 'Number.isNaN(0) &&',
  },
  {
    name: 'who asks after an invalidation gets nothing loaded before it',
    file: `${cache}/copy-answers.ts`,
    code: `const present = isEarly || ask.askedSeq <= copy.asOf ? 'valid' : verdict(copy);`,
    without: `const present = isEarly || !Number.isNaN(ask.askedSeq) ? 'valid' : verdict(copy);`,
  },
  {
    name: 'fresh=true is answered by no older load',
    file: `${cache}/copy-answers.ts`,
    code: 'if (isOlderThanAsked(copy, ask)) return undefined;\n',
    without: '',
  },
  {
    name: 'a lease that was lost stores nothing',
    file: `${cache}/redis/redis-scripts.ts`,
    code: `if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end`,
    without: '',
  },
  {
    name: 'a lease is refused where another process has just loaded',
    file: `${cache}/redis/redis-scripts.ts`,
    code: `if begins ~= ARGV[3] then return 'changed' end`,
    without: '',
  },
  {
    name: 'a mark in Redis never goes back',
    file: `${cache}/redis/redis-scripts.ts`,
    code: `if present < count then write('ZADD', log, number(count), member) end`,
    without: `write('ZADD', log, number(count), member)`,
  },
  {
    name: 'a server process of its own is an incarnation of its own',
    file: `${cache}/redis/redis-scripts.ts`,
    code: 'if n == 0 or ran ~= run then\n    if born then redis',
    without: 'if n == 0 then\n    if born then redis',
  },
  {
    name: 'an invalidation that Redis did not take is sent again',
    file: `${cache}/invalidation-outbox.ts`,
    code: '      retryLater();\n      return false;',
    without: '      return false;',
  },
  {
    name: 'recent invalidations are repeated on a new link',
    file: `${cache}/invalidation-outbox.ts`,
    code: 'for (const outgoing of lost) enqueue(outgoing);',
    without: '',
  },
  {
    name: 'a repeated invalidation keeps its count',
    file: `${cache}/invalidation-outbox.ts`,
    code: 'store.invalidate({ tags, mode, origin, repeats, known })',
    without: 'store.invalidate({ tags, mode, origin, repeats: repeats === undefined ? repeats : undefined, known })',
  },
  {
    name: 'what waits for Redis is bounded',
    file: `${cache}/invalidation-outbox.ts`,
    code: 'if (pending.size > maxPending) collapse();',
    without: '',
  },
  {
    name: 'callers of one key load once',
    file: `${cache}/single-flight.ts`,
    code: 'if (!running) start(key, ask, waiters, false);',
    without: 'start(key, ask, new Set([waiter]), false);',
  },
  {
    name: 'a request does not wait for a Redis that is away',
    file: `${cache}/shared/shared-tier.ts`,
    code: 'if (!isAvailable() || budget.leftMs <= 0) return undefined;',
    without: 'if (budget.leftMs <= 0) return undefined;',
  },
  {
    name: 'that Redis answered late behind the answers is not that it is back',
    file: `${cache}/shared/shared-tier.ts`,
    code: 'if (backgroundMs - budget.leftMs <= waitMs) worked();',
    without: 'worked();',
  },
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
