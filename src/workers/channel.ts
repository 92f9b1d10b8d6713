import type { Worker } from 'node:cluster';
import { z } from 'zod';
import type { Clock } from '../core/clock.js';

/** What one process may ask another, by name: the shapes of the question and of its answer. */
export type Questions = Readonly<Record<string, { question: z.ZodType; answer: z.ZodType }>>;

type AskedAs<Asked extends Questions, Name extends keyof Asked> = z.input<Asked[Name]['question']>;
type HeardAs<Asked extends Questions, Name extends keyof Asked> = z.output<Asked[Name]['question']>;
type Answer<Asked extends Questions, Name extends keyof Asked> = z.output<Asked[Name]['answer']>;

/** A connection between two processes, as node:cluster has it. What is sent arrives in order, or is lost with the other process. */
export interface Line {
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The other process is gone, or has closed the connection. */
  onClosed(listener: () => void): void;
}

/** The line between the primary process and a worker, on either side. */
export const lineOf = (worker: Worker): Line => ({
  // What the other process cannot be told any more is lost with it.
  send: (message) => void (worker.isConnected() && worker.send(message, () => undefined)),
  onMessage: (listener) => void worker.on('message', listener),
  onClosed: (listener) => void worker.on('disconnect', listener),
});

/** Why there is no answer. */
export class UnansweredError extends Error {}

export interface Channel<Theirs extends Questions, Ours extends Questions> {
  /**
   * Asks the other process. Rejects with an UnansweredError when the other process is gone, takes longer than `limitMs`
   * milliseconds, says that it failed, or answers in another shape.
   */
  ask<Name extends keyof Theirs & string>(
    name: Name,
    question: AskedAs<Theirs, Name>,
    limitMs?: number,
  ): Promise<Answer<Theirs, Name>>;
  /** Sets what answers a question from now on; without one, who asks is told that it failed. */
  answer<Name extends keyof Ours & string>(
    name: Name,
    handler: (question: HeardAs<Ours, Name>) => Answer<Ours, Name> | Promise<Answer<Ours, Name>>,
  ): void;
}

const LIMIT_MS = 1000;

const messages = z.discriminatedUnion('gateway', [
  z.object({ gateway: z.literal('question'), id: z.number(), name: z.string(), body: z.unknown() }),
  z.object({ gateway: z.literal('answer'), id: z.number(), body: z.unknown() }),
  z.object({ gateway: z.literal('failure'), id: z.number(), reason: z.string() }),
]);
type Message = z.infer<typeof messages>;

/** Questions and answers over a line between two processes. Messages of other kinds, such as those of libraries, are let pass. */
export function createChannel<Theirs extends Questions, Ours extends Questions>(options: {
  line: Line;
  /** What is asked of the other process. */
  theirs: Theirs;
  /** What the other process may ask. */
  ours: Ours;
  clock: Clock;
}): Channel<Theirs, Ours> {
  const { line, theirs, ours, clock } = options;
  const waiting = new Map<number, (outcome: { body: unknown } | { reason: string }) => void>();
  const handlers = new Map<string, (question: unknown) => Promise<unknown>>();
  let lastId = 0;
  let isClosed = false;
  const send = (message: Message) => line.send(message);

  const settle = (id: number, outcome: { body: unknown } | { reason: string }): void => {
    waiting.get(id)?.(outcome);
    waiting.delete(id);
  };
  const respond = async (id: number, name: string, body: unknown): Promise<void> => {
    try {
      const handler = handlers.get(name);
      if (handler === undefined) throw new UnansweredError(`nothing answers "${name}" yet`);
      send({ gateway: 'answer', id, body: await handler(body) });
    } catch (error) {
      send({ gateway: 'failure', id, reason: error instanceof Error ? error.message : String(error) });
    }
  };
  line.onMessage((message) => {
    const { data } = messages.safeParse(message);
    if (data?.gateway === 'question') void respond(data.id, data.name, data.body);
    else if (data?.gateway === 'answer') settle(data.id, { body: data.body });
    else if (data?.gateway === 'failure') settle(data.id, { reason: data.reason });
  });
  line.onClosed(() => {
    isClosed = true;
    for (const id of [...waiting.keys()]) settle(id, { reason: 'the other process is gone' });
  });

  return {
    ask: (name, question, limitMs = LIMIT_MS) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        const id = lastId;
        const fail = (reason: string) => reject(new UnansweredError(`${name}: ${reason}`));
        if (isClosed) return fail('the other process is gone');
        const cancel = clock.after(limitMs, () => settle(id, { reason: `no answer within ${limitMs} ms` }));
        waiting.set(id, (outcome) => {
          cancel();
          if ('reason' in outcome) return fail(outcome.reason);
          const parsed = theirs[name]?.answer.safeParse(outcome.body);
          if (parsed?.success) resolve(parsed.data as Answer<Theirs, typeof name>);
          else fail('an answer of another shape');
        });
        send({ gateway: 'question', id, name, body: question });
      }),
    answer: (name, handler) => {
      handlers.set(name, async (body) => handler(ours[name]?.question.parse(body) as HeardAs<Ours, typeof name>));
    },
  };
}
