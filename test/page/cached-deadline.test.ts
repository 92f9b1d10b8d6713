import { describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app/build-test-app.js';
import { cachedAppFixture } from '../support/app/cached-app-fixture.js';

const fixture = cachedAppFixture({ products: 100 });

const hang = (collection: string) =>
  fixture.shop.fail(collection, { failCommands: ['find'], blockConnection: true, blockTimeMS: 60_000 });
const PAGE = '/api/v1/homepage';

/** Asks, and moves the time on as soon as the database is busy with it. */
async function afterWaiting(ms: number, ask: () => ReturnType<TestApp['get']>) {
  const asked = ask();
  await expect.poll(fixture.shop.running).toBeGreaterThan(0);
  await fixture.clock.advance(ms);
  return asked;
}

describe('the deadline of a request', () => {
  it('gives each command what is left of it as maxTimeMS', async () => {
    await fixture.app.get(`${PAGE}?sections=offers`);
    const times = fixture.app.commands.map(({ command }) => Number(command['maxTimeMS']));
    expect(times.length).toBeGreaterThan(2);
    // A load has five seconds, and its references four fifths of them.
    expect(Math.max(...times)).toBe(5000);
    for (const [index, { collection }] of fixture.app.commands.entries()) {
      expect(times[index]).toBe(collection === 'offers' ? 5000 : 4000);
    }
  });

  it('leaves nothing of an abandoned request going on in the database', async () => {
    await hang('events');
    const { status, body } = await afterWaiting(5000, () => fixture.app.get(`${PAGE}?sections=events`));
    expect([status, body.errors?.[0]?.['code']]).toEqual([500, 'TIMEOUT_ERROR']);
    await expect.poll(fixture.shop.running).toBe(0);
  });

  it('is shortened by x-request-timeout-ms, while the load goes on to its own time and keeps its connection', async () => {
    await hang('events');
    const headers = { 'x-request-timeout-ms': '300' };
    const { body } = await afterWaiting(300, () => fixture.app.get(`${PAGE}?sections=events`, headers));
    expect(body.errors?.[0]).toMatchObject({ section: 'events', code: 'TIMEOUT_ERROR' });
    expect(await fixture.shop.running()).toBe(1);
    await fixture.clock.advance(5500);
    await expect.poll(fixture.shop.running).toBe(0);
  });

  it('of one caller takes nothing from another who waits for the same load', async () => {
    await fixture.shop.fail('events', { failCommands: ['find'], blockConnection: true, blockTimeMS: 500 });
    const patient = fixture.app.get(`${PAGE}?sections=events`);
    const { body } = await afterWaiting(300, () =>
      fixture.app.get(`${PAGE}?sections=events`, { 'x-request-timeout-ms': '300' }),
    );
    expect(body.errors?.[0]?.['code']).toBe('TIMEOUT_ERROR');
    expect((await patient).body.data.sections['events']?.items.length).toBeGreaterThan(0);
  });

  it('cannot be lengthened by x-request-timeout-ms', async () => {
    await hang('events');
    const headers = { 'x-request-timeout-ms': '600000' };
    const { body } = await afterWaiting(5000, () => fixture.app.get(`${PAGE}?sections=events`, headers));
    expect(body.errors?.[0]?.['code']).toBe('TIMEOUT_ERROR');
  });

  it.each(['0', '-1', 'soon', '1e3', '600001', ''])('refuses x-request-timeout-ms: "%s"', async (value) => {
    const headers = { 'x-request-timeout-ms': value };
    const { status, body } = await fixture.app.get(PAGE, headers);
    expect(status).toBe(400);
    expect(body.errors?.[0]).toMatchObject({ code: 'VALIDATION_ERROR', parameter: 'x-request-timeout-ms' });
    expect((await fixture.app.graphql('{ homepage { offers { total } } }', {}, headers)).status).toBe(400);
  });

  it('that a client has shortened leaves nothing for others in caches outside, where it cost a section', async () => {
    await fixture.app.get(`${PAGE}?sections=offers`);
    await hang('events');
    const hasty = await afterWaiting(300, () =>
      fixture.app.get(`${PAGE}?sections=events,offers`, { 'x-request-timeout-ms': '300' }),
    );
    expect([hasty.status, hasty.body.data.sections['events']]).toEqual([200, null]);
    expect(hasty.headers['cache-control']).toBe('no-store');
  });

  it('serves what stands in grace rather than an error, when it is over', async () => {
    await fixture.app.get(`${PAGE}?sections=events`);
    await fixture.clock.advance(400_000);
    await hang('events');
    const { status, body } = await afterWaiting(300, () =>
      fixture.app.get(`${PAGE}?sections=events`, { 'x-request-timeout-ms': '300' }),
    );
    expect([status, body.errors]).toEqual([200, undefined]);
    expect(body.data.metadata.sections[0]).toMatchObject({ section: 'events', status: 'STALE', ageMs: 400_300 });
  });
});
