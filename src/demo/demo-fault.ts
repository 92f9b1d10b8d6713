import { MongoClient } from 'mongodb';
import { DEMO_DATABASE } from './demo-database.js';

/** What reads of one collection come to. */
export interface ReadFault {
  collection: string;
  kind: 'fails' | 'slow';
}

const SLOW_MS = 2000;
/** `OperationFailed`: of the query, not of the connection. */
const FAILED_CODE = 96;

/** Makes reads of the demo database fail or wait, by MongoDB's own fail points. */
export async function setReadFault(uri: string, fault: ReadFault | undefined): Promise<void> {
  const client = await MongoClient.connect(uri, { serverSelectionTimeoutMS: 2000 });
  try {
    const data = fault && {
      failCommands: ['find', 'aggregate', 'count'],
      namespace: `${DEMO_DATABASE}.${fault.collection}`,
      ...(fault.kind === 'slow' ? { blockConnection: true, blockTimeMS: SLOW_MS } : { errorCode: FAILED_CODE }),
    };
    const command = { configureFailPoint: 'failCommand', mode: data === undefined ? 'off' : 'alwaysOn' };
    await client.db('admin').command(data === undefined ? command : { ...command, data });
  } finally {
    await client.close();
  }
}
