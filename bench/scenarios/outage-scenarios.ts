import { TTL_SECONDS } from './contender.js';
import { failedOf, inTurn, type Scenario, type Stage, slowestOf, times, wait } from './scenario.js';

/** A fifth past its freshness: stale, and within every stale-while-revalidate. */
const JUST_STALE_MS = TTL_SECONDS * 1200;
/** Past every stale-while-revalidate: only a grace for failures is left. */
const LONG_STALE_MS = TTL_SECONDS * 2000;

/** Everything is cached; twice, because what is stored after an answer may not stand at once. */
const warm = ({ running }: Stage) => inTurn(2, 100, () => running.ask());

const sourceSlow: Scenario = {
  name: 'Source slow',
  summary:
    'Everything is cached and just past its freshness; from now on each read takes 2 s. 10 requests at once. Loads: reads of events. Stale as fresh: answers that serve the copy and do not say that it is stale.',
  play: async (stage) => {
    const { running, link } = stage;
    await warm(stage);
    await wait(JUST_STALE_MS);
    link.reset();
    link.delayFinds(2000);
    const seen = await times(10, () => running.ask());
    const copies = seen.filter(({ failed, tookMs }) => !failed && tookMs < 2000);
    return {
      ...{ loads: link.finds('events'), failedAnswers: failedOf(seen), slowestMs: slowestOf(seen) },
      staleAsFresh: copies.filter(({ saysStale }) => !saysStale).length,
    };
  },
};

const sourceGone: Scenario = {
  name: 'Source gone',
  summary:
    'Everything is cached and long past its freshness; the database is gone. 10 requests at once, and 10 more in turn. Stale as fresh: answers that serve the copy and do not say that it is stale.',
  play: async (stage) => {
    const { running, link } = stage;
    await warm(stage);
    await wait(LONG_STALE_MS);
    link.cut(true);
    const seen = [...(await times(10, () => running.ask())), ...(await inTurn(10, 0, () => running.ask()))];
    const served = seen.filter((answer) => failedOf([answer]) === 0);
    return {
      ...{ failedAnswers: seen.length - served.length, slowestMs: slowestOf(seen) },
      staleAsFresh: served.filter(({ saysStale }) => !saysStale).length,
    };
  },
};

const redisGone: Scenario = {
  name: 'Redis gone',
  summary:
    'Everything is cached; Redis is killed. 10 requests at once, and 10 more when the copies are past their freshness; the database is well. Loads: reads of events since Redis was killed.',
  play: async (stage) => {
    const { contender, running, link, redis } = stage;
    if (!contender.usesRedis) return { remark: 'was set up without Redis' };
    await warm(stage);
    link.reset();
    await redis.signal('SIGKILL');
    try {
      const seen = await times(10, () => running.ask());
      await wait(JUST_STALE_MS);
      seen.push(...(await times(10, () => running.ask())));
      return { loads: link.finds('events'), failedAnswers: failedOf(seen), slowestMs: slowestOf(seen) };
    } finally {
      await redis.restart();
    }
  },
};

/** What caches do when something that they depend on is slow or gone. */
export const outageScenarios: readonly Scenario[] = [sourceSlow, sourceGone, redisGone];
