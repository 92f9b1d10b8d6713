import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { connectDatabase } from '../../src/database/connect.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createTestLogger } from '../support/test-logger.js';

it('a MongoDB that does not answer is named within a second, in one line and without credentials', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const clock = createFakeClock();
  const { logger, lines } = createTestLogger();
  const database = connectDatabase({
    uri: `mongodb://user:secret@${host}/shop`,
    poolSize: 1,
    createIndexes: false,
    logger,
    clock,
  });
  try {
    await clock.advance(749);
    expect(lines).toEqual([]);
    await clock.advance(250);
    expect(lines).toEqual([
      { timestamp: expect.any(String), level: 'WARN', message: 'database does not answer yet', hosts: host },
    ]);
    expect(database.outage()).toBe('connecting');
  } finally {
    await database.close();
    silent.close();
  }
});
