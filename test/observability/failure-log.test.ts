import { beforeEach, describe, expect, it } from 'vitest';
import { createEmitter } from '../../src/core/emitter.js';
import { createFailureLog, type FailureLog } from '../../src/observability/failure-log.js';
import { logPageEvents } from '../../src/observability/section-log.js';
import type { PageEventMap } from '../../src/page/page-events.js';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';
import { createTestLogger } from '../support/test-logger.js';

let clock: FakeClock;
let log: FailureLog;
let ofRequest: ReturnType<typeof createTestLogger>;
let ofGateway: ReturnType<typeof createTestLogger>;
beforeEach(() => {
  clock = createFakeClock();
  ofRequest = createTestLogger();
  ofGateway = createTestLogger();
  log = createFailureLog({ clock, logger: ofGateway.logger, message: 'load failed' });
});

const fail = (subject: string, code: string, times = 1) => {
  for (let count = 0; count < times; count += 1) {
    log.failed({ subject, code, logger: ofRequest.logger, details: { reason: 'because' } });
  }
};
const said = ({ lines }: typeof ofGateway) =>
  lines.map(({ level, message, section, code, failures }) => [level, message, section, code, failures]);

describe('failures that may come with every request', () => {
  it('are written once, by the logger of the first request, with its details', () => {
    fail('a', 'TIMEOUT', 100);
    expect(ofRequest.lines).toEqual([
      expect.objectContaining({
        level: 'WARN',
        message: 'load failed',
        section: 'a',
        code: 'TIMEOUT',
        reason: 'because',
      }),
    ]);
    expect(ofGateway.lines).toEqual([]);
  });

  it('are then counted every 10 seconds, each of them once', async () => {
    fail('a', 'TIMEOUT', 4);
    await clock.advance(9999);
    expect(ofGateway.lines).toEqual([]);
    await clock.advance(1);
    fail('a', 'TIMEOUT', 2);
    await clock.advance(10_000);
    expect(said(ofGateway)).toEqual([
      ['WARN', 'load failed: still', 'a', 'TIMEOUT', 3],
      ['WARN', 'load failed: still', 'a', 'TIMEOUT', 2],
    ]);
  });

  it('are over after 10 seconds without one, which is written once; the next one is new', async () => {
    fail('a', 'TIMEOUT');
    await clock.advance(60_000);
    expect(said(ofGateway)).toEqual([['INFO', 'load failed: no more', 'a', 'TIMEOUT', undefined]]);
    fail('a', 'TIMEOUT');
    expect(ofRequest.lines).toHaveLength(2);
  });

  it('of another code are a change of state, which is written at once', async () => {
    fail('a', 'TIMEOUT', 3);
    fail('a', 'CONNECTION', 2);
    expect(said(ofRequest).map(([, , , code]) => code)).toEqual(['TIMEOUT', 'CONNECTION']);
    await clock.advance(10_000);
    expect(said(ofGateway)).toEqual([['WARN', 'load failed: still', 'a', 'CONNECTION', 3]]);
  });

  it('are told apart by what fails', async () => {
    fail('a', 'TIMEOUT');
    fail('b', 'TIMEOUT', 2);
    expect(said(ofRequest).map(([, , section]) => section)).toEqual(['a', 'b']);
    await clock.advance(10_000);
    expect(said(ofGateway).map(([, message, section]) => [section, message])).toEqual([
      ['a', 'load failed: no more'],
      ['b', 'load failed: still'],
    ]);
  });
});

it('a section that fails has its error in the line that the first request writes, and is then counted', async () => {
  const events = createEmitter<PageEventMap>();
  logPageEvents({ events, logger: ofGateway.logger, clock });
  for (let count = 0; count < 3; count += 1) {
    const cause = new Error('the database is away');
    events.emit('sectionFailed', { section: 'a', code: 'DB_CONNECTION_ERROR', cause, logger: ofRequest.logger });
  }
  expect(ofRequest.lines).toEqual([
    expect.objectContaining({
      ...{ level: 'WARN', message: 'section failed', section: 'a', code: 'DB_CONNECTION_ERROR' },
      error: expect.objectContaining({ message: 'the database is away', stack: expect.any(String) }),
    }),
  ]);
  await clock.advance(20_000);
  expect(said(ofGateway).map(([, message, , , failures]) => [message, failures])).toEqual([
    ['section failed: still', 2],
    ['section failed: no more', undefined],
  ]);
});
