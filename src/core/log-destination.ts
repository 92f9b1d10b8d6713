import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Bytes that may wait for a reader that is slow; beyond, lines are dropped. */
const MAX_WAITING_BYTES = 1_048_576;
/** Milliseconds after which waiting lines are tried again. */
const RETRY_MS = 50;

/**
 * Writes log lines to a file descriptor and never throws: a disk that is full or a reader that ended costs lines, not the
 * process. How many were dropped is said in a line of its own as soon as one can be written again.
 */
export function createLogDestination(options: {
  /** Writes bytes and returns how many were taken, as `fs.writeSync`; throws `EAGAIN` when the reader is slow. */
  write: (bytes: Buffer) => number;
  now: () => number;
}): DestinationStream & { flush(): void } {
  const { write, now } = options;
  let waiting: Buffer = Buffer.alloc(0);
  let dropped = 0;
  let isRetryPlanned = false;

  const flush = (): void => {
    try {
      while (waiting.length > 0) waiting = waiting.subarray(write(waiting));
    } catch (error) {
      if (isSlow(error)) {
        if (isRetryPlanned) return;
        isRetryPlanned = true;
        setTimeout(() => {
          isRetryPlanned = false;
          flush();
        }, RETRY_MS).unref();
        return;
      }
      dropped += linesIn(waiting);
      waiting = Buffer.alloc(0);
    }
  };
  return {
    flush,
    write: (line) => {
      if (waiting.length + Buffer.byteLength(line) > MAX_WAITING_BYTES) {
        dropped += 1;
        return;
      }
      const lost = dropped;
      const note = lost > 0 ? droppedLine(lost, now()) : '';
      dropped = 0;
      waiting = Buffer.concat([waiting, Buffer.from(note + line)]);
      flush();
      // The note was dropped with the line: it was none of theirs.
      if (note !== '' && dropped > 0) dropped += lost - 1;
    },
  };
}

/** The process's standard output. */
export function createStdoutDestination(): DestinationStream {
  const destination = createLogDestination({ write: (bytes) => writeSync(1, bytes), now: Date.now });
  process.once('exit', destination.flush);
  return destination;
}

const isSlow = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EAGAIN';
const linesIn = (bytes: Buffer) => bytes.toString('latin1').split('\n').length - 1;

function droppedLine(count: number, at: number): string {
  const timestamp = new Date(at).toISOString();
  return `${JSON.stringify({ level: 'WARN', timestamp, dropped: count, message: 'log lines could not be written' })}\n`;
}
