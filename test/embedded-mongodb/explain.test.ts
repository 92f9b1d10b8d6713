import type { Collection, Document } from 'mongodb';
import { expect, test } from 'vitest';
import { openScene } from '../support/servers/embedded-mongodb.js';

const scene = await openScene('explain');

async function twenty(): Promise<Collection<Document>> {
  const collection = scene.collection();
  await collection.insertMany(Array.from({ length: 20 }, (_, n) => ({ _id: n as never, n, even: n % 2 === 0 })));
  return collection;
}

/** The stages of a plan, from the last to the first. */
function stagesOf(plan: Document | undefined): string[] {
  return plan ? [plan.stage, ...stagesOf(plan.inputStage)] : [];
}

test('a find without an index reads the collection, and sorts in memory', async () => {
  const collection = await twenty();
  const explained = await collection.find({ even: true }).sort({ n: -1 }).explain('executionStats');
  const stages = stagesOf(explained.queryPlanner.winningPlan);
  expect(stages).toEqual(['SORT', 'COLLSCAN']);
  expect(explained.executionStats).toMatchObject({ nReturned: 10, totalKeysExamined: 0, totalDocsExamined: 20 });
});

test('a find with a limit reads no further than that', async () => {
  const collection = await twenty();
  const { executionStats } = await collection.find({ even: true }).limit(3).explain('executionStats');
  expect(executionStats).toMatchObject({ nReturned: 3, totalDocsExamined: 5 });
});

test('a find by ids reads the index on _id', async () => {
  const collection = await twenty();
  const explained = await collection.find({ _id: { $in: [3, 5] as never[] } }).explain('executionStats');
  expect(stagesOf(explained.queryPlanner.winningPlan)).toEqual(['FETCH', 'IXSCAN']);
  expect(explained.executionStats).toMatchObject({ nReturned: 2, totalDocsExamined: 2 });
  expect(explained.executionStats.totalKeysExamined).toBeGreaterThanOrEqual(2);
});

test('tells the plan alone when that is asked for, and of a collection that is not there', async () => {
  const collection = await twenty();
  const explained = await collection.find({ even: true }).explain('queryPlanner');
  expect(stagesOf(explained.queryPlanner.winningPlan)).toEqual(['COLLSCAN']);
  expect(explained).not.toHaveProperty('executionStats');
  const none = await scene.db.collection('none').find({ a: 1 }).explain('queryPlanner');
  expect(stagesOf(none.queryPlanner.winningPlan)).toEqual(['EOF']);
});

test('explains counts', async () => {
  const collection = await twenty();
  const counted = { explain: { count: collection.collectionName, query: { even: true } }, verbosity: 'executionStats' };
  const explained = await scene.db.command(counted);
  expect(stagesOf(explained.queryPlanner.winningPlan)).toEqual(['COUNT', 'COLLSCAN']);
  expect(explained.executionStats).toMatchObject({ totalDocsExamined: 20 });
});

test('explains what a pipeline reads', async () => {
  const collection = await twenty();
  const sorted = await collection
    .aggregate([{ $match: { even: true } }, { $sort: { n: 1 } }])
    .explain('executionStats');
  expect(stagesOf(sorted.queryPlanner.winningPlan)).toEqual(['SORT', 'COLLSCAN']);
  expect(sorted.executionStats).toMatchObject({ nReturned: 10, totalDocsExamined: 20 });
});
