import { describe, expect, it } from 'vitest';
import { createSectionViews } from '../../src/homepage/section-views.js';
import { createFakeClock } from '../support/fake-clock.js';

const HOUR_MS = 3_600_000;

describe('section views', () => {
  it('counts what was served in the last 24 hours, and forgets what is older', async () => {
    const clock = createFakeClock();
    const views = createSectionViews({ clock });
    views.record('events');
    await clock.advance(HOUR_MS);
    views.record('events');
    views.record('offers');
    expect(await views.lastDay()).toEqual({ events: 2, offers: 1 });
    await clock.advance(22 * HOUR_MS);
    expect(await views.lastDay()).toEqual({ events: 2, offers: 1 });
    await clock.advance(HOUR_MS);
    expect(await views.lastDay()).toEqual({ events: 1, offers: 1 });
    await clock.advance(HOUR_MS);
    expect(await views.lastDay()).toEqual({});
  });
});
