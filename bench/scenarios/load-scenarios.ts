import { failEvents, failedOf, healEvents, inTurn, type Scenario, slowestOf, times, wait } from './scenario.js';

const CROWD = 50;

const stampede: Scenario = {
  name: 'Stampede',
  summary: `${CROWD} requests for the whole page at once, nothing cached, each read takes 200 ms. Loads: reads of one section; one is enough.`,
  play: async ({ running, link }) => {
    link.delayFinds(200);
    const seen = await times(CROWD, () => running.ask());
    return { loads: link.finds('events'), failedAnswers: failedOf(seen), slowestMs: slowestOf(seen) };
  },
};

const failingSection: Scenario = {
  name: 'A failing section beside healthy ones',
  summary:
    'Reads of events fail; 20 requests for the whole page within about a second. Loads: reads of the two healthy sections of offers; two are enough. Failed: answers that lack a healthy section.',
  play: async ({ running, link, db }) => {
    await failEvents(db);
    try {
      const seen = await inTurn(20, 40, () => running.ask());
      return {
        ...{ loads: link.finds('offers'), failedAnswers: failedOf(seen, 'events'), slowestMs: slowestOf(seen) },
        remark: `the failing section was read ${link.finds('events')} times`,
      };
    } finally {
      await healEvents(db);
    }
  },
};

const convoy: Scenario = {
  name: 'Convoy behind a failing load',
  summary:
    '50 requests for events at once, nothing cached; each read fails after 300 ms. Loads: reads of events; one is enough, and no answer need take much longer than it.',
  play: async ({ running, link, db }) => {
    await failEvents(db, 300);
    try {
      const seen = await times(50, () => running.ask('events'));
      return { loads: link.finds('events'), failedAnswers: failedOf(seen), slowestMs: slowestOf(seen) };
    } finally {
      await healEvents(db);
    }
  },
};

const invalidationDuringLoad: Scenario = {
  name: 'Invalidation during a load',
  summary:
    'While a read of events is under way, which has seen the old titles, the titles change and the cache is told; then 5 more requests. Stale as fresh: those of them that show an old title and do not say so.',
  play: async ({ running, link, db }) => {
    const events = db.collection('events');
    const before = await events.find({}, { projection: { title: 1 } }).toArray();
    link.delayFinds(1000);
    const first = running.ask('events');
    await untilSent(() => link.finds('events') > 0);
    await wait(300);
    try {
      await events.updateMany({}, { $set: { title: 'Changed' } });
      const told = await running.invalidateEvents();
      await first;
      link.delayFinds(0);
      const seen = await inTurn(5, 100, () => running.ask('events'));
      const old = seen.filter(
        ({ sections, saysStale }) => !saysStale && sections['events']?.some(({ title }) => title !== 'Changed'),
      );
      return {
        ...{ loads: link.finds('events'), failedAnswers: failedOf(seen), staleAsFresh: old.length },
        ...(told ? {} : { remark: 'has no way to be told' }),
      };
    } finally {
      await Promise.all(before.map(({ _id, title }) => events.updateOne({ _id }, { $set: { title } })));
    }
  },
};

const SENT_LIMIT_MS = 10_000;

async function untilSent(isSent: () => boolean): Promise<void> {
  for (let waited = 0; waited < SENT_LIMIT_MS && !isSent(); waited += 10) await wait(10);
}

const twoUsers: Scenario = {
  name: 'Two users',
  summary:
    "Two signed-in users and an anonymous client ask for the whole page in turn, three times. Leaks: answers with a personal list that is another one's. Loads: reads of events, which are the same for all; one is enough.",
  play: async ({ running, link, db }) => {
    const users = await db.collection('recommendations').find().sort({ _id: 1 }).limit(2).toArray();
    const [one, two] = users.map((user) => String(user['userId']));
    const rounds = await inTurn(3, 0, async () => [
      await running.ask('page', one),
      await running.ask('page', two),
      await running.ask(),
    ]);
    const idsOf = (seen: (typeof rounds)[number][number] | undefined) =>
      JSON.stringify(seen?.sections['justForYou']?.map(({ id }) => id));
    const own = rounds[0]?.map(idsOf) ?? [];
    const leaks = rounds.flatMap((round) =>
      round.filter((seen, asker) => own.some((list, owner) => owner !== asker && list === idsOf(seen))),
    );
    return { loads: link.finds('events'), failedAnswers: failedOf(rounds.flat()), leaks: leaks.length };
  },
};

/** What caches do while something is loaded. */
export const loadScenarios: readonly Scenario[] = [stampede, failingSection, convoy, invalidationDuringLoad, twoUsers];
