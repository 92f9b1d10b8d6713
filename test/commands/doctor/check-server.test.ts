import type { Db, Document } from 'mongodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkServer } from '../../../src/commands/doctor/check-server.js';
import { systemClock } from '../../../src/core/clock.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';

let shop: Shop;
beforeEach(async () => {
  shop = await startShop({ now: Date.now(), products: 5 });
  return () => shop.close();
});

/** The shop's database, whose server answers commands in another way. */
const answering = (change: (answer: Document) => Document): Db =>
  Object.create(shop.db, { command: { value: async (command: Document) => change(await shop.db.command(command)) } });

const warnings = async (database: Db, clock = systemClock) =>
  (await checkServer(database, clock))
    .filter(({ severity }) => severity !== 'ok')
    .map(({ subject, text }) => [subject, text]);

describe('the doctor asks the server', () => {
  it('and has nothing to say of one that is well', async () => {
    expect(await warnings(shop.db)).toEqual([]);
  });

  it('whether it is a replica set', async () => {
    expect(await warnings(answering(({ setName: _, ...rest }) => rest))).toEqual([
      ['change stream', 'no replica set: changes are not seen, sections live by CACHE_TTL'],
    ]);
  });

  it('whether this user may follow changes', async () => {
    const failPoint = (mode: string, data = {}) =>
      shop.db.admin().command({ configureFailPoint: 'failCommand', mode, ...data });
    await failPoint('alwaysOn', { data: { failCommands: ['aggregate'], errorCode: 13 } });
    const found = await warnings(shop.db);
    await failPoint('off');
    expect(found).toEqual([['change stream', 'changes cannot be followed: Unauthorized']]);
  });

  it.each([5000, -5000])('whether its clock is that of this machine (%i ms)', async (ms) => {
    const found = await warnings(shop.db, { ...systemClock, now: () => systemClock.now() + ms });
    expect(found).toEqual([['database', expect.stringMatching(/clock differs from this machine's by -?[45]\.\d s/)]]);
  });

  it('whether it is old', async () => {
    const found = await warnings(
      answering((answer) => ('version' in answer ? { ...answer, version: '4.2.24' } : answer)),
    );
    expect(found).toEqual([['database', expect.stringContaining('4.4 or later is needed')]]);
  });
});
