import { expect, it } from 'vitest';
import { createMalformedDocuments } from '../../src/page/sources/malformed-documents.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createTestLogger } from '../support/test-logger.js';

const fault = { field: 'price', expected: 'Float', found: 'text "12.50"' };
const createFixture = () => {
  const clock = createFakeClock();
  const { logger, lines } = createTestLogger();
  const malformed = createMalformedDocuments({ clock, logger });
  const note = (id: string, field = 'price') =>
    malformed.note({ section: 'offers', collection: 'offers', id, fault: { ...fault, field } });
  return { clock, lines, note };
};

it('logs a malformed document once, with the field, what was expected and what was found', () => {
  const { lines, note } = createFixture();
  note('a');
  note('a');
  note('b');
  note('a', 'title');
  expect(lines).toEqual([
    expect.objectContaining({ level: 'WARN', section: 'offers', collection: 'offers', document: 'a', ...fault }),
    expect.objectContaining({ document: 'b', field: 'price' }),
    expect.objectContaining({ document: 'a', field: 'title' }),
  ]);
});

it('counts those that are met again, and logs the count once a minute', async () => {
  const { clock, lines, note } = createFixture();
  note('a');
  await clock.advance(120_000);
  expect(lines).toHaveLength(1);
  for (let load = 0; load < 7; load += 1) note('a');
  await clock.advance(59_999);
  expect(lines).toHaveLength(1);
  await clock.advance(1);
  expect(lines.slice(1)).toEqual([
    expect.objectContaining({ count: 7, message: 'malformed documents were left out once more' }),
  ]);
  note('a');
  await clock.advance(60_000);
  expect(lines.at(-1)).toMatchObject({ count: 1 });
});

it('remembers a bounded number of them', () => {
  const { lines, note } = createFixture();
  for (let id = 0; id <= 10_000; id += 1) note(String(id));
  expect(lines).toHaveLength(10_001);
  note('0');
  note('10000');
  expect(lines).toHaveLength(10_002);
});
