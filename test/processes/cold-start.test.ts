import { afterAll, expect, it } from 'vitest';
import { sectionIds, sectionsShowing } from '../support/data/sections.js';
import { createProcessFixture, type Gateway, leasesIn, loadsOf, marksOf } from '../support/servers/process-fixture.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterAll(fixture.close);

const LEASE_MS = 2000;
/** What a shared machine may add to a promise that is about something else. */
const MARGIN_MS = 500;

it('1,000 concurrent cold requests over three gateways make one load a section in all', async () => {
  const { gateways, database, redis } = await fixture.cluster();
  // Nothing refers to offers, so that every find there is the load of a section: the database's count, not the log's.
  await database.slow(['find'], 0, 'offers');
  const asked = Array.from({ length: 1000 }, (_, index) => (gateways[index % 3] as Gateway).page());
  const answers = await Promise.all(asked);
  expect(await database.heal()).toBe(sectionsShowing('offers').length);
  // A line of the log may be read after the answer that it is about.
  await expect.poll(() => loadsOf(gateways).sort()).toEqual([...sectionIds].sort());
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  expect(Object.values(answers[0]?.sections ?? {}).map((section) => section?.items.length)).toEqual(
    sectionIds.map(() => 10),
  );
  expect(new Set(answers.map(({ sections }) => JSON.stringify(sections))).size).toBe(1);
  await until(async () => (await leasesIn(redis)).length === 0);
  console.log(`cold: slowest ${Math.round(Math.max(...answers.map(({ wallMs }) => wallMs)))} ms`);
});

it('killing the leader in mid-load delays the rest by the lease at most, and the load', async () => {
  // A load is a find, and then those of its references.
  const FIND_MS = 500;
  const LOAD_MS = 2 * FIND_MS;
  // Longer than what lies between the first find and the kill on a busy machine: none of the leader's loads may end before it does.
  const HELD_MS = 1500;
  const { gateways, database, redis } = await fixture.cluster();
  const marks = marksOf(gateways);
  await database.slow(['find'], HELD_MS);
  const waiting = gateways.map((gateway) =>
    Array.from({ length: 10 }, () => gateway.page().catch((error: unknown) => ({ gateway, error }))),
  );
  const won = (gateway: Gateway) =>
    gateway.logged('cache leaseWon', marks[gateways.indexOf(gateway)]).map(({ label }) => String(label));
  await until(async () => (await database.hits()) === sectionIds.length);
  const leader = gateways.reduce((one, other) => (won(other).length > won(one).length ? other : one));
  const orphaned = won(leader);
  const killedAt = performance.now();
  leader.process.child.kill('SIGKILL');
  const begun = await database.hits();
  await database.slow(['find'], FIND_MS);
  const rest = gateways.filter((gateway) => gateway !== leader);
  const answers = await Promise.all(rest.flatMap((gateway) => waiting[gateways.indexOf(gateway)] ?? []));
  const delayMs = performance.now() - killedAt;
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 200, errors: [] });
  }
  expect(delayMs).toBeLessThan(LEASE_MS + LOAD_MS + MARGIN_MS);
  // The lease is what held them up: nobody loaded beside the dead leader.
  expect(delayMs).toBeGreaterThan(LOAD_MS);
  const marksOfRest = rest.map((gateway) => marks[gateways.indexOf(gateway)] ?? 0);
  await expect.poll(() => loadsOf(rest, marksOfRest).sort()).toEqual([...sectionIds].sort());
  // Counted by the database: what the leader had begun was begun once more, and nothing else. A load refers to two collections.
  const loads = sectionIds.length + orphaned.length;
  const finds = begun + (await database.heal());
  expect(finds).toBeGreaterThanOrEqual(loads);
  expect(finds).toBeLessThanOrEqual(3 * loads);
  await until(async () => (await leasesIn(redis)).length === 0);
  await Promise.all(waiting.flat());
  console.log(`leader of ${orphaned.length} sections killed: the rest was answered after ${Math.round(delayMs)} ms`);
});
