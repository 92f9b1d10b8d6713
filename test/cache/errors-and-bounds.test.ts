import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory-store.js';
import { settle } from '../support/fake-clock.js';
import { ask, createRig, createSource } from './support/rig.js';

const value = (n: number) => ({ value: { n } });

describe('errors and bounds', () => {
  it('an error is never swallowed into a miss: the event tells, and nothing is stored', async () => {
    const { cache, events, memory } = createRig();
    const error = new Error('down');
    await expect(
      cache.get(
        'k',
        ask(() => Promise.reject(error)),
      ),
    ).rejects.toBe(error);
    expect(events.all).toEqual([{ name: 'failure', event: { label: 'test', error, stage: 'load' } }]);
    expect(memory.size).toBe(0);
  });

  it('the background renewal that fails is told, and nobody is left with an unhandled rejection', async () => {
    const { cache, clock, events } = createRig();
    await cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(200_000);
    expect(
      (
        await cache.get(
          'k',
          ask(() => Promise.reject(new Error('down'))),
        )
      ).status,
    ).toBe('STALE');
    await settle();
    expect(events.count('failure')).toBe(1);
  });

  it('a value that cannot be written down is served and told, and kept nowhere', async () => {
    const { cache, events, memory } = createRig();
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(
      (
        await cache.get(
          'k',
          ask(async () => ({ value: circular })),
        )
      ).value,
    ).toBe(circular);
    expect(events.count('failure')).toBe(1);
    expect(memory.size).toBe(0);
  });

  it('everybody gets the same shape, frozen, whoever loaded it', async () => {
    const { cache } = createRig();
    const at = new Date(0);
    const loaded = await cache.get<unknown>(
      'k',
      ask(async () => ({ value: { at, list: [{ a: 1 }] } })),
    );
    const cached = await cache.get<unknown>(
      'k',
      ask(async () => ({ value: {} })),
    );
    expect(loaded.value).toBe(cached.value);
    expect(loaded.value).toEqual({ at: '1970-01-01T00:00:00.000Z', list: [{ a: 1 }] });
    expect(() => Object.assign(Object(cached.value).list[0], { a: 2 })).toThrow(TypeError);
  });

  it('memory stays within its bound, whatever is stored', async () => {
    const memory = createMemoryStore({ maxBytes: 1_000_000 });
    const { cache } = createRig({ memory });
    for (let i = 0; i < 200; i++) {
      await cache.get(
        `k${i}`,
        ask(async () => ({ value: 'x'.repeat(i * 500) })),
      );
      expect(memory.bytes).toBeLessThanOrEqual(1_000_000);
    }
    expect(memory.size).toBeGreaterThan(2);
    await cache.get(
      'huge',
      ask(async () => ({ value: 'x'.repeat(2_000_000) })),
    );
    expect(memory.get('huge')).toBeUndefined();
  });

  it('close ends every wait', async () => {
    const { cache } = createRig();
    const source = createSource();
    const waiting = cache.get('k', ask(source.load)).catch((error: unknown) => error);
    await settle();
    await cache.close();
    await source.fail(new Error('aborted'));
    expect(await waiting).toMatchObject({ name: 'AbortError' });
    await expect(cache.get('k', ask(source.load))).rejects.toMatchObject({ name: 'AbortError' });
  });
});
