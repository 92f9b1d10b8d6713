import { afterEach, expect, it } from 'vitest';
import { startTraffic } from '../support/data/traffic.js';
import { createProcessFixture, type Gateway, shownAfter } from '../support/servers/process-fixture.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterEach(fixture.close);

/** Redis may cost a request 50 ms in all; the rest is for loads, where Redis came back empty, and for a shared machine. */
const USUAL_MS = 400;
/** Less than a lease: nobody waits for one that nobody holds. */
const LONGEST_MS = 1500;

it('answers every request, and soon, while Redis is killed, started, hung and woken in the middle of load', async () => {
  const { gateways, redis, database } = await fixture.cluster();
  const isWarm = ({ fromCache }: { fromCache: boolean }) => fromCache;
  await shownAfter(gateways, '', isWarm, 0);
  const traffic = startTraffic(gateways, 20);
  const slowest: Record<string, number> = {};
  const phase = async (name: string, answers: number, act: () => Promise<void>) => {
    const from = traffic.answers.length;
    await act();
    await traffic.more(answers);
    slowest[name] = Math.round(Math.max(...traffic.answers.slice(from).map(({ wallMs }) => wallMs)));
  };
  /** What each gateway says of Redis last; it says so when that changes. */
  const untilAll = (state: 'away' | 'back') =>
    until(() =>
      gateways.every((gateway) => {
        const goings = gateway.logged('Redis is away: process memory alone serves').length;
        return goings > gateway.logged('Redis is back').length === (state === 'away');
      }),
    );
  const title = async (text: string) => {
    const [id] = (await gateways[0]?.page('?sections=offers'))?.sections['offers']?.items ?? [];
    const offers = database.db.collection('offers');
    const since = performance.now();
    await offers.updateOne({ title: id?.['title'] ?? '' }, { $set: { title: text } });
    const isShown = (answer: Awaited<ReturnType<Gateway['page']>>) =>
      answer.sections['offers']?.items[0]?.['title'] === text;
    return Math.max(...(await shownAfter(gateways, '?sections=offers', isShown, since)));
  };

  await phase('warm', 60, async () => {});
  await phase('killed', 60, async () => {
    await redis.signal('SIGKILL');
    // Each process follows the changes by itself, so a write shows without Redis, too.
    expect(await title('While Redis is away')).toBeLessThan(2000);
    await untilAll('away');
  });
  await phase('started again, empty', 60, async () => {
    await redis.restart();
    await untilAll('back');
  });
  await phase('hung', 60, async () => {
    await redis.signal('SIGSTOP');
    // What is warm asks nothing of Redis; a write makes it ask.
    expect(await title('While Redis hangs')).toBeLessThan(2000);
    await untilAll('away');
  });
  await phase('woken', 60, async () => {
    await redis.signal('SIGCONT');
    await untilAll('back');
  });
  await phase('as before', 30, async () => {
    expect(await title('When Redis is back')).toBeLessThan(2000);
  });
  await traffic.stop();

  expect(traffic.failures).toEqual([]);
  expect(traffic.answers.filter(({ status, errors }) => status !== 200 || errors.length > 0)).toEqual([]);
  console.log(`${traffic.answers.length} answers; slowest, in ms: ${JSON.stringify(slowest)}`);
  // As slow as this machine is just now, with Redis there.
  const machineMs = 2 * (slowest['warm'] ?? 0);
  expect(Math.max(...Object.values(slowest))).toBeLessThan(LONGEST_MS + machineMs);
  const times = traffic.answers.map(({ wallMs }) => wallMs).sort((a, b) => a - b);
  expect(times[Math.floor(times.length * 0.95)]).toBeLessThan(USUAL_MS + machineMs);
});
