import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEmitter } from '../../src/core/emitter.js';
import { AppError } from '../../src/core/errors.js';
import type { ReadOptions } from '../../src/database/collection-source.js';
import type { SourceEventMap } from '../../src/protection/protection-events.js';
import { createSourceGuards } from '../../src/protection/source-guards.js';
import { createFakeClock } from '../support/fake-clock.js';

// cockatiel reads the time by itself.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => new Promise((resolve) => setImmediate(resolve));

function createFixture(poolSize = 6) {
  const sourceEvents = createEmitter<SourceEventMap>();
  const states: string[] = [];
  const shed: unknown[] = [];
  sourceEvents.on('breaker', ({ label, state }) => states.push(`${label} ${state}`));
  sourceEvents.on('shed', (event) => shed.push(event));
  const clock = createFakeClock();
  const guards = createSourceGuards({ sections: ['offers', 'events'], poolSize, events: sourceEvents, clock });
  const { signal } = new AbortController();
  const read: ReadOptions = { signal, remainingMs: () => 5000 };
  const failing = vi.fn(async (): Promise<number> => {
    throw new AppError('TIMEOUT_ERROR', 'Timed out');
  });
  const run = (load: (read: ReadOptions) => Promise<unknown> = async () => 1, options: ReadOptions = read) =>
    guards.run('offers', load, options);
  const open = async () => {
    for (let count = 0; count < 5; count += 1) await run(failing).catch(() => undefined);
  };
  return { guards, states, shed, run, failing, open, read, clock };
}

describe('a breaker', () => {
  it('opens after five failures in a row, and then answers at once with the code of the last', async () => {
    const { guards, states, run, failing, open } = createFixture();
    await open();
    await expect(run(failing)).rejects.toMatchObject({ code: 'TIMEOUT_ERROR' });
    expect(failing).toHaveBeenCalledTimes(5);
    expect(guards.states()).toEqual({ offers: 'open', events: 'closed' });
    expect(states).toEqual(['offers open']);
  });

  it('stays closed when loads succeed in between', async () => {
    const { guards, run, failing } = createFixture();
    for (let count = 0; count < 20; count += 1) {
      await run(failing).catch(() => undefined);
      if (count % 4 === 3) await run();
    }
    expect(guards.states()['offers']).toBe('closed');
  });

  it('lets one load probe after a second, and refuses the others meanwhile', async () => {
    const { guards, run, failing, open, states } = createFixture();
    await open();
    vi.setSystemTime(Date.now() + 10_000);
    let answer = (_: number) => {};
    const probe = run(
      () =>
        new Promise<number>((resolve) => {
          answer = resolve;
        }),
    );
    await settle();
    expect(guards.states()['offers']).toBe('half-open');
    await expect(run(failing)).rejects.toMatchObject({ code: 'TIMEOUT_ERROR' });
    expect(failing).toHaveBeenCalledTimes(5);
    answer(1);
    expect(await probe).toBe(1);
    expect(states).toEqual(['offers open', 'offers half-open', 'offers closed']);
    expect(await run()).toBe(1);
  });

  it('opens again when the probe fails', async () => {
    const { guards, run, failing, open } = createFixture();
    await open();
    vi.setSystemTime(Date.now() + 10_000);
    await run(failing).catch(() => undefined);
    expect(guards.states()['offers']).toBe('open');
  });

  it('is probed by a load that goes on when its caller has left: hasty clients neither close it nor keep it open', async () => {
    const { guards, run, open, clock } = createFixture();
    await open();
    vi.setSystemTime(Date.now() + 10_000);
    const caller = new AbortController();
    let given: AbortSignal | undefined;
    let end = (_: unknown) => {};
    const probe = run(
      ({ signal }) => {
        given = signal;
        return new Promise((resolve, reject) => {
          end = resolve;
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      },
      { signal: caller.signal, remainingMs: () => 5000 },
    );
    await settle();
    caller.abort(new DOMException('Nobody waits', 'AbortError'));
    expect([given?.aborted, guards.states()['offers']]).toEqual([false, 'half-open']);
    await clock.advance(4999);
    expect(given?.aborted).toBe(false);
    end(1);
    await probe;
    expect(guards.states()['offers']).toBe('closed');
  });

  it('does not count loads that nobody waited for any longer, nor an outage of the whole database', async () => {
    const { guards, run } = createFixture();
    for (let count = 0; count < 20; count += 1) {
      await run(() => Promise.reject(new DOMException('Nobody waits', 'AbortError'))).catch(() => undefined);
      await run(() => Promise.reject(new AppError('DB_CONNECTION_ERROR', 'Gone'))).catch(() => undefined);
    }
    expect(guards.states()['offers']).toBe('closed');
  });
});

describe('a bulkhead', () => {
  const never = () => new Promise<never>(() => {});

  it('gives each source its share of the pool, so that a slow one leaves the others their connections', async () => {
    const { guards, run, read } = createFixture(6);
    const slow = vi.fn(never);
    for (let count = 0; count < 10; count += 1) void run(slow);
    await settle();
    // Two thirds of six connections for two sections.
    expect(slow).toHaveBeenCalledTimes(2);
    expect(await guards.run('events', async () => 'served', read)).toBe('served');
  });

  it('refuses with OVERLOADED when a thousand wait already', async () => {
    const { run, shed } = createFixture(1);
    for (let count = 0; count < 1001; count += 1) void run(never);
    await expect(run()).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(shed).toEqual([{ reason: 'source', label: 'offers' }]);
  });

  it('gives up the place of whoever has left, and serves those behind', async () => {
    const { run } = createFixture(1);
    let end = (_: unknown) => {};
    const first = run(
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    const hasty = new AbortController();
    const left = Array.from({ length: 1000 }, () => run(never, { signal: hasty.signal, remainingMs: () => 1 }));
    const settled = Promise.allSettled(left);
    hasty.abort(new DOMException('Nobody waits', 'AbortError'));
    expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
    const behind = run(async () => 'served');
    end(1);
    await first;
    expect(await behind).toBe('served');
  });
});
