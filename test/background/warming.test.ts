import { afterEach, describe, expect, it } from 'vitest';
import { startWarming, type WarmingJob } from '../../src/background/warming.js';
import type { RequestScope } from '../../src/page/homepage.js';
import type { SectionRequest } from '../../src/page/sources/section-source.js';
import { registry } from '../../src/sections/registry.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createTestLogger } from '../support/test-logger.js';

let job: WarmingJob | undefined;
afterEach(() => job?.stop());

function createFixture(elected: () => boolean, failing: string[] = []) {
  const clock = createFakeClock();
  const { logger, lines } = createTestLogger();
  const asked: Pick<SectionRequest, 'fresh' | 'section'>[] = [];
  job = startWarming({
    source: {
      present: () => undefined,
      look: () => undefined,
      get: async ({ section, fresh }) => {
        asked.push({ section, fresh });
        if (failing.includes(section.id)) throw new Error('broken');
        return { value: { items: [], total: 0 }, status: 'FRESH', readAt: 0, ageMs: 0, freshForMs: 0, staleForMs: 0 };
      },
    },
    registry,
    openScope: () =>
      ({ deadline: { signal: new AbortController().signal, dispose: () => undefined } }) as unknown as RequestScope,
    elect: async () => elected(),
    intervalMs: 240_000,
    clock,
    logger,
  });
  return { clock, asked, lines, job };
}

describe('warming', () => {
  it('asks for every section at start, and reads them once more at every interval', async () => {
    const { clock, asked, job: warming } = createFixture(() => true);
    await warming.ready;
    expect(asked.map(({ section }) => section.id)).toEqual(registry.map(({ id }) => id));
    expect(asked.some(({ fresh }) => fresh)).toBe(false);
    await clock.advance(239_999);
    expect(asked).toHaveLength(registry.length);
    await clock.advance(1);
    expect(asked).toHaveLength(2 * registry.length);
    expect(asked.slice(registry.length).every(({ fresh }) => fresh)).toBe(true);
    warming.stop();
    await clock.advance(480_000);
    expect(asked).toHaveLength(2 * registry.length);
  });

  it('is left to whoever is elected for the round', async () => {
    let elected = false;
    const { clock, asked, job: warming } = createFixture(() => elected);
    await warming.ready;
    expect(asked).toEqual([]);
    elected = true;
    await clock.advance(240_000);
    expect(asked).toHaveLength(registry.length);
  });

  it('says which sections could not be warmed, and goes on', async () => {
    const { clock, asked, lines, job: warming } = createFixture(() => true, ['offers']);
    await warming.ready;
    expect(lines).toContainEqual(expect.objectContaining({ level: 'WARN', failed: ['offers'] }));
    await clock.advance(240_000);
    expect(asked).toHaveLength(2 * registry.length);
  });
});
