import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Channel, createChannel, type Line, UnansweredError } from '../../src/workers/channel.js';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';

const shapes = {
  double: { question: z.number(), answer: z.number() },
  name: { question: z.null(), answer: z.string() },
} as const;
const none = {} as const;

let clock: FakeClock;
let asking: Channel<typeof shapes, typeof none>;
let answering: Channel<typeof none, typeof shapes>;
/** What was sent to who answers, and a way to send both sides something else. */
let sent: unknown[];
let deliver: { toAsking(message: unknown): void; toAnswering(message: unknown): void };
let close: () => void;

beforeEach(() => {
  clock = createFakeClock();
  sent = [];
  const closed: (() => void)[] = [];
  const ends: ((message: unknown) => void)[] = [];
  const line = (own: number, other: number): Line => ({
    send: (message) => {
      if (other === 1) sent.push(message);
      ends[other]?.(structuredClone(message));
    },
    onMessage: (listener) => {
      ends[own] = listener;
    },
    onClosed: (listener) => closed.push(listener),
  });
  asking = createChannel({ line: line(0, 1), theirs: shapes, ours: none, clock });
  answering = createChannel({ line: line(1, 0), theirs: none, ours: shapes, clock });
  deliver = { toAsking: (message) => ends[0]?.(message), toAnswering: (message) => ends[1]?.(message) };
  close = () => {
    for (const listener of closed) listener();
  };
});

describe('a channel between two processes', () => {
  it('brings each question the answer that is its own', async () => {
    const held: (() => void)[] = [];
    answering.answer('double', (number) => new Promise((resolve) => held.push(() => resolve(number * 2))));
    const answers = Promise.all([asking.ask('double', 1), asking.ask('double', 2)]);
    await clock.advance(0);
    for (const release of held.reverse()) release();
    expect(await answers).toEqual([2, 4]);
  });

  it.each([
    ['that nothing answers', undefined, /nothing answers "name" yet/],
    ['whose handler fails', () => Promise.reject(new Error('no name')), /name: no name/],
    ['that is answered in another shape', () => 7 as unknown as string, /another shape/],
  ])('tells who asks a question %s', async (_, handler, reason) => {
    if (handler !== undefined) answering.answer('name', handler);
    const answer = asking.ask('name', null);
    await expect(answer).rejects.toThrow(UnansweredError);
    await expect(answer).rejects.toThrow(reason);
  });

  it('refuses a question of another shape, and does not hand it to the handler', async () => {
    let calls = 0;
    answering.answer('double', (number) => {
      calls += 1;
      return number;
    });
    await expect(asking.ask('double', 'two' as unknown as number)).rejects.toThrow(UnansweredError);
    expect(calls).toBe(0);
  });

  it('waits for an answer no longer than it was told, and takes no late one', async () => {
    let release = () => {};
    answering.answer('name', () => new Promise((resolve) => (release = () => resolve('late'))));
    const outcome = asking.ask('name', null, 300).catch(({ message }: Error) => message);
    await clock.advance(299);
    await clock.advance(1);
    expect(await outcome).toBe('name: no answer within 300 ms');
    release();
    await clock.advance(0);
  });

  it('tells all who wait when the other process is gone, and who asks afterwards', async () => {
    answering.answer('name', () => new Promise(() => {}));
    const waiting = asking.ask('name', null);
    close();
    await expect(waiting).rejects.toThrow('name: the other process is gone');
    const before = sent.length;
    await expect(asking.ask('name', null)).rejects.toThrow('name: the other process is gone');
    expect(sent.length).toBe(before);
  });

  it('lets messages of others pass', async () => {
    answering.answer('double', (number) => number * 2);
    for (const message of [
      undefined,
      'text',
      { type: 'a library' },
      { gateway: 'answer' },
      { gateway: 'answer', id: 99 },
    ]) {
      deliver.toAsking(message);
      deliver.toAnswering(message);
    }
    expect(await asking.ask('double', 4)).toBe(8);
  });
});
