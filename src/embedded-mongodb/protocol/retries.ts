import { CommandError } from '../values/mongo-errors.js';
import type { Reply } from './request.js';

/** Remembers what a session's last retryable write answered, so that its retry is answered without being done again. */
export interface Retries {
  /** Runs a write once per (session, number). Throws TransactionTooOld (225) for a number below the session's last. */
  once(session: string, number: bigint, run: () => Promise<Reply>): Promise<Reply>;
}

const MAX_SESSIONS = 10_000;

/** Makes an empty memory of the newest 10,000 sessions, one write each. */
export function createRetries(): Retries {
  const last = new Map<string, { number: bigint; reply: Promise<Reply> }>();

  return {
    once: (session, number, run) => {
      const known = last.get(session);
      if (known && known.number === number) return known.reply;
      if (known && known.number > number) {
        throw new CommandError(
          225,
          `Retryable write with txnNumber ${number} is prohibited on session because a newer retryable write with txnNumber ${known.number} has already started on this session.`,
        );
      }
      const reply = run();
      last.delete(session);
      last.set(session, { number, reply });
      reply.catch(() => {
        // What failed was not done: its retry is a new try.
        if (last.get(session)?.reply === reply) last.delete(session);
      });
      const [oldest] = last.keys();
      if (last.size > MAX_SESSIONS && oldest !== undefined) last.delete(oldest);
      return reply;
    },
  };
}
