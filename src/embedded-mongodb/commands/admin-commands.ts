import { Long, ObjectId } from 'bson';
import { timestampOf } from '../change-streams/change-log.js';
import type { Handler, Request } from '../protocol/request.js';
import { type Doc, isDoc } from '../values/bson-values.js';
import { keyOf } from '../values/compare.js';
import { CommandError, notImplemented } from '../values/mongo-errors.js';
import { checkFields, integerField } from './command-arguments.js';

const VERSION = '7.0.0';
const SET_NAME = 'embedded';

/** The topology never changes while the server runs; the id tells its clients when another has taken its place. */
export function createHello(): Handler {
  const topologyVersion = { processId: new ObjectId(), counter: Long.ZERO };
  return async ({ name, command, server, connection, operation }) => {
    const awaited = isDoc(command.topologyVersion) && command.maxAwaitTimeMS !== undefined;
    const known =
      isDoc(command.topologyVersion) && keyOf(command.topologyVersion.processId) === keyOf(topologyVersion.processId);
    if (awaited && known) await operation.wait(integerField(command, 'maxAwaitTimeMS', 0) ?? 0);
    const lastWrite = { ts: timestampOf(server.store.changes.newest()), t: Long.ONE };
    return {
      fields: {
        helloOk: true,
        topologyVersion,
        hosts: [server.host],
        setName: SET_NAME,
        setVersion: 1,
        [name === 'hello' ? 'isWritablePrimary' : 'ismaster']: true,
        secondary: false,
        primary: server.host,
        me: server.host,
        electionId: new ObjectId('7fffffff0000000000000001'),
        lastWrite: {
          opTime: lastWrite,
          lastWriteDate: new Date(server.clock.now()),
          majorityOpTime: lastWrite,
          majorityWriteDate: new Date(server.clock.now()),
        },
        maxBsonObjectSize: 16 * 1024 * 1024,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
        localTime: new Date(server.clock.now()),
        logicalSessionTimeoutMinutes: 30,
        connectionId: connection,
        minWireVersion: 0,
        maxWireVersion: 21,
        readOnly: false,
      },
    };
  };
}

const nothing: Handler = () => ({ fields: {} });

function serverStatus({ server }: Request): Doc {
  const running = server.runningOperations();
  return {
    host: server.host,
    version: VERSION,
    process: 'mongod',
    pid: Long.fromNumber(process.pid),
    uptime: (server.clock.now() - server.startedAt) / 1000,
    localTime: new Date(server.clock.now()),
    connections: { current: server.connections(), available: 10_000 },
    globalLock: {
      currentQueue: { total: 0, readers: 0, writers: 0 },
      activeClients: { total: running, readers: running, writers: 0 },
    },
    metrics: { cursor: { open: { total: Long.fromNumber(server.cursors.size) } } },
    repl: {
      setName: SET_NAME,
      isWritablePrimary: true,
      secondary: false,
      primary: server.host,
      hosts: [server.host],
      me: server.host,
    },
    storageEngine: { name: 'embedded', persistent: false },
  };
}

/** `killSessions` and `endSessions`: the cursors of those sessions end. */
const endSessions: Handler = ({ name, command, server }) => {
  const sessions = command[name];
  if (Array.isArray(sessions))
    for (const session of sessions) if (isDoc(session)) server.cursors.killSession(keyOf(session.id));
  return { fields: {} };
};

const configureFailPoint: Handler = ({ command, database, server }) => {
  checkFields(command, ['mode', 'data']);
  if (database !== 'admin')
    throw new CommandError(13, 'configureFailPoint may only be run against the admin database.');
  return { fields: { count: Long.fromNumber(server.failPoint.configure(command)) } };
};

const refuse =
  (what: string): Handler =>
  () => {
    throw notImplemented(what);
  };

const refuseTransaction: Handler = () => {
  throw new CommandError(251, 'Transactions are not supported by the embedded database');
};

/** Commands about the server rather than about data. */
export const adminCommands: Readonly<Record<string, Handler>> = {
  ping: nothing,
  buildInfo: () => ({
    fields: {
      version: VERSION,
      gitVersion: 'embedded',
      modules: [],
      versionArray: [7, 0, 0, 0],
      bits: 64,
      debug: false,
      maxBsonObjectSize: 16 * 1024 * 1024,
      storageEngines: ['embedded'],
    },
  }),
  serverStatus: (request) => ({ fields: serverStatus(request) }),
  connectionStatus: () => ({ fields: { authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } } }),
  endSessions,
  killSessions: endSessions,
  refreshSessions: nothing,
  configureFailPoint,
  getParameter: refuse('getParameter'),
  replSetGetStatus: refuse('replSetGetStatus'),
  currentOp: refuse('currentOp'),
  collMod: refuse('collMod'),
  mapReduce: refuse('mapReduce'),
  commitTransaction: refuseTransaction,
  abortTransaction: refuseTransaction,
};
