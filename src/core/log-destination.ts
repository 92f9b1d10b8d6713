import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Bytes that may wait for a reader that is slow; beyond, lines are dropped. */
const MAX_WAITING_BYTES = 1_048_576;
/** Milliseconds after which waiting lines are tried again. */
const RETRY_MS = 50;

/**
 * Writes log lines to a file descriptor, those of one turn of the event loop at once: a system call for each line costs more
 * than the line. It never throws: a disk that is full or a reader that ended costs lines, not the process. How many were
 * dropped is said in a line of its own as soon as one can be written again.
 */
export function createLogDestination(options: {
  /** Writes bytes and returns how many were taken, as `fs.writeSync`; throws `EAGAIN` when the reader is slow. */
  write: (bytes: Buffer) => number;
  /** Runs the write of a batch after the lines of the present turn, as `setImmediate`. */
  defer: (flush: () => void) => void;
  now: () => number;
}): DestinationStream & { flush(): void } {
  const { write, defer, now } = options;
  /** Lines that no write was tried for, and bytes that a slow reader has not taken. */
  let lines = '';
  let untaken: Buffer = Buffer.alloc(0);
  let waitingBytes = 0;
  let dropped = 0;
  /** Notes of dropped lines that wait themselves, and how many lines they tell of. */
  let notes = { count: 0, dropped: 0 };
  let isFlushPlanned = false;
  let isRetryPlanned = false;

  const flush = (): void => {
    isFlushPlanned = false;
    const batch = Buffer.from(lines);
    untaken = untaken.length === 0 ? batch : Buffer.concat([untaken, batch]);
    lines = '';
    try {
      while (untaken.length > 0) untaken = untaken.subarray(write(untaken));
    } catch (error) {
      if (isSlow(error)) {
        waitingBytes = untaken.length;
        if (isRetryPlanned) return;
        isRetryPlanned = true;
        setTimeout(() => {
          isRetryPlanned = false;
          flush();
        }, RETRY_MS).unref();
        return;
      }
      dropped += linesIn(untaken) - notes.count + notes.dropped;
      untaken = Buffer.alloc(0);
    }
    waitingBytes = 0;
    notes = { count: 0, dropped: 0 };
  };
  const planFlush = (): void => {
    if (isFlushPlanned) return;
    isFlushPlanned = true;
    defer(flush);
  };
  const add = (text: string): void => {
    lines += text;
    waitingBytes += Buffer.byteLength(text);
  };
  return {
    flush,
    write: (line) => {
      if (waitingBytes + Buffer.byteLength(line) > MAX_WAITING_BYTES) {
        dropped += 1;
        return;
      }
      if (dropped > 0) {
        add(droppedLine(dropped, now()));
        notes = { count: notes.count + 1, dropped: notes.dropped + dropped };
        dropped = 0;
      }
      add(line);
      planFlush();
    },
  };
}

/** The process's standard output. What waits when the process ends is written then, and later lines at once. */
export function createStdoutDestination(): DestinationStream {
  let isEnding = false;
  const destination = createLogDestination({
    write: (bytes) => writeSync(1, bytes),
    defer: (flush) => (isEnding ? flush() : setImmediate(flush)),
    now: Date.now,
  });
  process.once('exit', () => {
    isEnding = true;
    destination.flush();
  });
  return destination;
}

const isSlow = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EAGAIN';
const linesIn = (bytes: Buffer) => bytes.toString('latin1').split('\n').length - 1;

function droppedLine(count: number, at: number): string {
  const timestamp = new Date(at).toISOString();
  return `${JSON.stringify({ level: 'WARN', timestamp, dropped: count, message: 'log lines could not be written' })}\n`;
}
