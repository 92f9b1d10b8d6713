import { spawnSync } from 'node:child_process';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLogDestination } from '../../src/core/log-destination.js';

let written: string;
let failure: string | undefined;
let atMost: number;
let writes: number;
let deferred: (() => void)[];
let log: ReturnType<typeof createLogDestination>;

beforeEach(() => {
  written = '';
  failure = undefined;
  writes = 0;
  deferred = [];
  atMost = Number.POSITIVE_INFINITY;
  log = createLogDestination({
    now: () => 0,
    defer: (flush) => deferred.push(flush),
    write: (bytes) => {
      writes += 1;
      if (failure !== undefined) throw Object.assign(new Error(failure), { code: failure });
      const part = bytes.subarray(0, atMost);
      written += part.toString();
      return part.length;
    },
  });
});
/** Lines of one turn of the event loop, and its end. */
const turn = (...lines: string[]) => {
  for (const line of lines) log.write(line);
  for (const flush of deferred.splice(0)) flush();
};
const note = (dropped: number) =>
  `{"level":"WARN","timestamp":"1970-01-01T00:00:00.000Z","dropped":${dropped},"message":"log lines could not be written"}\n`;

describe('a log', () => {
  it('writes the lines of one turn at once and in order', () => {
    turn('first\n', 'second\n', 'third\n');
    expect(written).toBe('first\nsecond\nthird\n');
    expect(writes).toBe(1);
    turn('last\n');
    expect(written).toBe('first\nsecond\nthird\nlast\n');
  });

  it('writes what waits when it is told to, and nothing twice', () => {
    log.write('first\n');
    expect(written).toBe('');
    log.flush();
    turn();
    expect(written).toBe('first\n');
  });
});

describe('a log that cannot be written', () => {
  it.each(['ENOSPC', 'EPIPE', 'EIO'])('costs lines and nothing else, and says how many: %s', (code) => {
    turn('first\n');
    failure = code;
    for (let line = 0; line < 5; line++) expect(() => turn('lost\n')).not.toThrow();
    failure = undefined;
    turn('last\n');
    expect(written).toBe(`first\n${note(5)}last\n`);
  });

  it('is said once', () => {
    failure = 'ENOSPC';
    turn('lost\n');
    failure = undefined;
    turn('one\n');
    turn('two\n');
    expect(written).toBe(`${note(1)}one\ntwo\n`);
  });

  it('by a reader that is slow comes later, whole and in order', () => {
    atMost = 3;
    failure = 'EAGAIN';
    turn('first\n');
    turn('second\n');
    failure = undefined;
    turn('third\n');
    expect(written).toBe('first\nsecond\nthird\n');
  });

  it('by a reader that stands still is bounded', () => {
    failure = 'EAGAIN';
    const line = `${'x'.repeat(1023)}\n`;
    for (let count = 0; count < 1030; count++) turn(line);
    failure = undefined;
    log.flush();
    turn('last\n');
    expect(written).toBe(`${line.repeat(1024)}${note(6)}last\n`);
  });

  it('counts every line of a batch that was lost', () => {
    failure = 'ENOSPC';
    turn('lost\n', 'lost\n');
    turn('lost\n', 'lost\n', 'lost\n');
    failure = undefined;
    turn('one\n', 'two\n');
    expect(written).toBe(`${note(5)}one\ntwo\n`);
  });

  it('by a reader that stands still within one turn is bounded', () => {
    const line = `${'x'.repeat(1023)}\n`;
    turn(...Array.from({ length: 1030 }, () => line));
    turn('last\n');
    expect(written).toBe(`${line.repeat(1024)}${note(6)}last\n`);
  });
});

describe('the log of a process', () => {
  it.each([
    ['exits', 'process.exit(0)'],
    ['fails', "throw new Error('nobody catches this')"],
    ['logs while it exits', "process.once('exit', () => log.write('last\\n')); process.exit(0)"],
  ])('is whole when the process %s', async (_, end) => {
    const module = new URL('../../src/core/log-destination.ts', import.meta.url).href;
    const script = `import { createStdoutDestination } from '${module}';
      const log = createStdoutDestination();
      log.write('first\\n'); log.write('second\\n'); ${end};`;
    const ended = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(ended.stdout).toBe(`first\nsecond\n${end.includes('last') ? 'last\n' : ''}`);
  });
});
