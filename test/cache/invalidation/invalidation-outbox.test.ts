import { expect, it } from 'vitest';
import { createInvalidationLog, EVERYTHING } from '../../../src/cache/invalidation-log.js';
import { createInvalidationOutbox } from '../../../src/cache/invalidation-outbox.js';
import type { InvalidateRequest } from '../../../src/cache/shared/shared-store.js';
import { createSharedTier } from '../../../src/cache/shared/shared-tier.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createEventLog } from '../support/rig.js';
import { createSimulatedRedis } from '../support/simulated-redis.js';

it('what waits for Redis is bounded: beyond it one invalidation of everything goes in its place, soft and hard', async () => {
  const clock = createFakeClock();
  const redis = createSimulatedRedis({ clock });
  const events = createEventLog();
  const store = redis.connect();
  const sent: InvalidateRequest[] = [];
  const watched = {
    ...store,
    invalidate: (request: InvalidateRequest) => {
      sent.push(request);
      return store.invalidate(request);
    },
  };
  const tier = createSharedTier({ store: watched, clock, events, waitMs: 50, downMs: 1000 });
  const log = createInvalidationLog();
  const outbox = createInvalidationOutbox({ tier, log, clock, events, origin: 'one', maxPending: 10 });
  redis.setState('refusing');
  const dependence = { tags: ['thing:1'], asOf: log.seq, moment: undefined };
  for (let index = 0; index < 6; index += 1) {
    expect(await outbox.invalidate([`soft:${index}`], 'soft')).toEqual({ shared: false });
    expect(await outbox.invalidate([`hard:${index}`], 'hard')).toEqual({ shared: false });
  }
  // What it stands for counts here at once, for values that no tag of its own names as well.
  expect(log.judge(dependence)).toBe('forbidden');
  redis.setState('up');
  sent.splice(0);
  await clock.advance(1000);
  expect(
    sent
      .filter(({ tags }) => tags.includes(EVERYTHING))
      .map(({ mode }) => mode)
      .sort(),
  ).toEqual(['hard', 'soft']);
  expect(sent.flatMap(({ tags }) => tags).length).toBeLessThanOrEqual(4);
  expect(redis.mark(EVERYTHING, 'hard')).toBeGreaterThan(0);
  outbox.close();
});
