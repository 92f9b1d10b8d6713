import { beforeEach, describe, expect, it } from 'vitest';
import { createLogDestination } from '../../src/core/log-destination.js';

let written: string;
let failure: string | undefined;
let atMost: number;
let log: ReturnType<typeof createLogDestination>;

beforeEach(() => {
  written = '';
  failure = undefined;
  atMost = Number.POSITIVE_INFINITY;
  log = createLogDestination({
    now: () => 0,
    write: (bytes) => {
      if (failure !== undefined) throw Object.assign(new Error(failure), { code: failure });
      const part = bytes.subarray(0, atMost);
      written += part.toString();
      return part.length;
    },
  });
});
const note = (dropped: number) =>
  `{"level":"WARN","timestamp":"1970-01-01T00:00:00.000Z","dropped":${dropped},"message":"log lines could not be written"}\n`;

describe('a log that cannot be written', () => {
  it.each(['ENOSPC', 'EPIPE', 'EIO'])('costs lines and nothing else, and says how many: %s', (code) => {
    log.write('first\n');
    failure = code;
    for (let line = 0; line < 5; line++) expect(() => log.write('lost\n')).not.toThrow();
    failure = undefined;
    log.write('last\n');
    expect(written).toBe(`first\n${note(5)}last\n`);
  });

  it('is said once', () => {
    failure = 'ENOSPC';
    log.write('lost\n');
    failure = undefined;
    log.write('one\n');
    log.write('two\n');
    expect(written).toBe(`${note(1)}one\ntwo\n`);
  });

  it('by a reader that is slow comes later, whole and in order', () => {
    atMost = 3;
    failure = 'EAGAIN';
    log.write('first\n');
    log.write('second\n');
    failure = undefined;
    log.write('third\n');
    expect(written).toBe('first\nsecond\nthird\n');
  });

  it('by a reader that stands still is bounded', () => {
    failure = 'EAGAIN';
    const line = `${'x'.repeat(1023)}\n`;
    for (let count = 0; count < 1030; count++) log.write(line);
    failure = undefined;
    log.flush();
    log.write('last\n');
    expect(written).toBe(`${line.repeat(1024)}${note(6)}last\n`);
  });
});
