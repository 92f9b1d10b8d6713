import { checkPipeline, compilePipeline } from '../aggregation/pipeline.js';
import type { Handler, Request } from '../protocol/request.js';
import { idsOf } from '../query/filter.js';
import { isOperatorDoc } from '../query/filter-operators.js';
import { compileProjection } from '../query/projection.js';
import { scan } from '../query/scan.js';
import { compileSort } from '../query/sort.js';
import { type Doc, isDoc } from '../values/bson-values.js';
import { badValue, CommandError, notImplemented } from '../values/mongo-errors.js';
import { checkFields, collectionName, docField, integerField } from './command-arguments.js';

/** What a `find`, `aggregate` or `count` reads, and what it does with that in memory. */
interface Query {
  readonly filter: Doc;
  readonly sort: Doc | undefined;
  readonly skip: number;
  /** Infinity for all. */
  readonly limit: number;
  readonly projection: Doc | undefined;
  /** Stages of a pipeline that are no part of the query. */
  readonly stages: readonly Doc[];
}

interface Stats {
  keys: number;
  documents: number;
  matching: number;
}

const verbosities = ['queryPlanner', 'executionStats', 'allPlansExecution'];

/**
 * `explain` of find, aggregate and count: COLLSCAN where every document is read, IXSCAN (IDHACK for a single one) where the filter
 * names ids, SORT where documents are sorted in memory. Other indexes are never used to find documents, and never claimed to be.
 */
export const explain: Handler = async (request) => {
  const { command, server, database } = request;
  checkFields(command, ['verbosity']);
  const { explain: explained, verbosity = 'allPlansExecution' } = command;
  if (!isDoc(explained)) throw new CommandError(14, "BSON field 'explain.explain' must be an object");
  if (typeof verbosity !== 'string' || !verbosities.includes(verbosity))
    throw badValue(`Enumeration value '${String(verbosity)}' for field 'explain.verbosity' is not a valid value.`);
  const [name = ''] = Object.keys(explained);
  const parse = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
  if (!parse) throw notImplemented(`explain of ${name}`);
  const query = parse(explained);
  const collection = collectionName(explained);
  const stats = await run(request, query, collection);
  const plan = planOf(request, query, collection, name === 'count');
  const returned = Math.min(Math.max(0, stats.matching - query.skip), query.limit);
  const cursor = {
    queryPlanner: {
      namespace: `${database}.${collection}`,
      indexFilterSet: false,
      winningPlan: plan,
      rejectedPlans: [],
    },
    ...(verbosity === 'queryPlanner'
      ? {}
      : {
          executionStats: {
            executionSuccess: true,
            nReturned: name === 'count' ? 0 : returned,
            executionTimeMillis: 0,
            totalKeysExamined: stats.keys,
            totalDocsExamined: stats.documents,
            executionStages: { ...plan, nReturned: name === 'count' ? 0 : returned },
          },
        }),
  };
  const [address = '', port = ''] = server.host.split(/:(?=\d+$)/);
  const about = { command: explained, serverInfo: { host: address, port: Number(port), version: '7.0.0' } };
  if (query.stages.length === 0) return { fields: { explainVersion: '1', ...cursor, ...about } };
  return { fields: { explainVersion: '1', stages: [{ $cursor: cursor }, ...query.stages], ...about } };
};

const parsers: Readonly<Record<string, (command: Doc) => Query>> = {
  find: (command) => ({
    filter: docField(command, 'filter') ?? {},
    sort: docField(command, 'sort'),
    skip: integerField(command, 'skip', 0) ?? 0,
    limit: Math.abs(integerField(command, 'limit') ?? 0) || Number.POSITIVE_INFINITY,
    projection: docField(command, 'projection'),
    stages: [],
  }),
  count: (command) => ({
    filter: docField(command, 'query') ?? {},
    sort: undefined,
    skip: integerField(command, 'skip', 0) ?? 0,
    limit: Math.abs(integerField(command, 'limit') ?? 0) || Number.POSITIVE_INFINITY,
    projection: undefined,
    stages: [],
  }),
  aggregate: (command) => {
    const pipeline = checkPipeline(command.pipeline);
    if (pipeline.some((stage) => '$changeStream' in stage)) throw notImplemented('explain of a change stream');
    compilePipeline(pipeline);
    const stages = [...pipeline];
    const take = (stage: string): unknown => (stages[0] && stage in stages[0] ? stages.shift()?.[stage] : undefined);
    const [filter, sort, skip, limit, projection] = ['$match', '$sort', '$skip', '$limit', '$project'].map(take);
    return {
      filter: isDoc(filter) ? filter : {},
      sort: isDoc(sort) ? sort : undefined,
      skip: Number(skip ?? 0),
      limit: Number(limit ?? Number.POSITIVE_INFINITY),
      projection: isDoc(projection) ? projection : undefined,
      stages,
    };
  },
};

/** Reads as the explained command would: without a sort, no further than its limit. */
async function run({ server, database, operation }: Request, query: Query, name: string): Promise<Stats> {
  const { filter, sort, skip, limit } = query;
  compileSort(sort);
  compileProjection(query.projection, query.stages.length > 0);
  const stats: Stats = { keys: idsOf(filter)?.length ?? 0, documents: 0, matching: 0 };
  await scan({
    collection: server.store.find(database, name),
    filter,
    operation,
    examine: () => {
      stats.documents += 1;
    },
    visit: () => {
      stats.matching += 1;
      return sort !== undefined || stats.matching < skip + limit;
    },
  });
  return stats;
}

function planOf({ server, database }: Request, query: Query, name: string, counts: boolean): Doc {
  const { filter, sort, skip, limit, projection } = query;
  const isEverything = Object.keys(filter).length === 0;
  if (!server.store.find(database, name)) return { stage: 'EOF' };
  if (counts && isEverything) return { stage: 'COUNT', inputStage: { stage: 'RECORD_STORE_FAST_COUNT' } };
  let plan: Doc = { stage: 'COLLSCAN', ...(isEverything ? {} : { filter }), direction: 'forward' };
  if (idsOf(filter)) {
    const index = {
      keyPattern: { _id: 1 },
      indexName: '_id_',
      isMultiKey: false,
      isUnique: true,
      direction: 'forward',
    };
    plan =
      Object.keys(filter).length === 1 && !isOperatorDoc(filter._id)
        ? { stage: 'IDHACK', indexName: '_id_' }
        : { stage: 'FETCH', filter, inputStage: { stage: 'IXSCAN', ...index } };
  }
  const wrap = (stage: string, fields: Doc): void => {
    plan = { stage, ...fields, inputStage: plan };
  };
  if (sort && Object.keys(sort).length > 0) wrap('SORT', { sortPattern: sort, type: 'simple' });
  if (skip > 0) wrap('SKIP', { skipAmount: skip });
  if (Number.isFinite(limit)) wrap('LIMIT', { limitAmount: limit });
  if (projection) wrap('PROJECTION_DEFAULT', { transformBy: projection });
  if (counts) wrap('COUNT', {});
  return plan;
}
