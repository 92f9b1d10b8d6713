import { describe, expect, it } from 'vitest';
import { settle } from '../support/fake-clock.js';
import { ask, createRig, createSource } from './support/rig.js';

const value = (n: number) => ({ value: { n } });

describe('single flight', () => {
  it('a stampede of 20 on a cold key loads once', async () => {
    const { cache } = createRig();
    const source = createSource<{ n: number }>();
    const all = Array.from({ length: 20 }, () => cache.get('k', ask(source.load)));
    await settle();
    await source.succeed(value(1));
    const answers = await Promise.all(all);
    expect(source.calls).toBe(1);
    expect(answers.every(({ status, value: { n } }) => status === 'FRESH' && n === 1)).toBe(true);
  });

  it('20 callers of a failing load wait once and get the same error, not one retry after the other', async () => {
    const { cache, clock } = createRig();
    const source = createSource();
    const all = Promise.allSettled(Array.from({ length: 20 }, () => cache.get('k', ask(source.load))));
    await clock.advance(3000);
    const error = new Error('down');
    await source.fail(error);
    const outcomes = await all;
    expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === error)).toBe(true);
    await expect(cache.get('k', ask(source.load)), 'the negative entry').rejects.toBe(error);
    expect(source.calls).toBe(1);
  });

  it('remembers a failure about a second, then asks again', async () => {
    const { cache, clock } = createRig();
    const source = createSource<{ n: number }>();
    const first = cache.get('k', ask(source.load)).catch((error: unknown) => error);
    await settle();
    await source.fail(new Error('down'));
    await first;
    await clock.advance(740);
    await expect(cache.get('k', ask(source.load))).rejects.toThrow('down');
    await clock.advance(520);
    const again = cache.get('k', ask(source.load));
    await settle();
    await source.succeed(value(2));
    expect((await again).status).toBe('FRESH');
  });

  it('a load that throws at once fails like any other', async () => {
    const { cache } = createRig();
    const error = new Error('at once');
    const load = () => {
      throw error;
    };
    await expect(cache.get('k', ask(load))).rejects.toBe(error);
  });
});

describe('a caller’s signal', () => {
  it('ends that caller’s wait with its reason, and not the load that another waits for', async () => {
    const { cache } = createRig();
    const source = createSource<{ n: number }>();
    const controller = new AbortController();
    const leaver = cache.get('k', ask(source.load, { signal: controller.signal })).catch((error: unknown) => error);
    const stayer = cache.get('k', ask(source.load));
    await settle();
    const reason = new Error('deadline');
    controller.abort(reason);
    expect(await leaver).toBe(reason);
    expect(source.signals[0]?.aborted).toBe(false);
    await source.succeed(value(1));
    expect((await stayer).value).toEqual({ n: 1 });
  });

  it('aborts the load when the last one leaves, and counts that as no failure of the source', async () => {
    const { cache, events } = createRig();
    const source = createSource<{ n: number }>();
    const controller = new AbortController();
    const leaver = cache.get('k', ask(source.load, { signal: controller.signal })).catch((error: unknown) => error);
    await settle();
    controller.abort(new Error('gone'));
    await leaver;
    expect(source.signals[0]?.aborted).toBe(true);
    const next = cache.get('k', ask(source.load));
    await settle();
    expect(source.calls, 'never two at a time').toBe(1);
    await source.fail(new Error('aborted'));
    await source.succeed(value(2));
    expect((await next).value).toEqual({ n: 2 });
    expect(events.count('failure')).toBe(0);
  });

  it('rejects at once when it has aborted already, without asking anybody', async () => {
    const { cache } = createRig();
    const source = createSource();
    const reason = new Error('too late');
    await expect(cache.get('k', ask(source.load, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(source.calls).toBe(0);
  });

  it('a load that never ends is given up after its limit', async () => {
    const { cache, clock } = createRig({ loadLimitMs: 10_000 });
    const source = createSource();
    const answer = cache.get('k', ask(source.load)).catch((error: unknown) => error);
    await clock.advance(10_001);
    expect(await answer).toMatchObject({ code: 'TIMEOUT_ERROR' });
    expect(source.signals[0]?.aborted).toBe(true);
  });
});
