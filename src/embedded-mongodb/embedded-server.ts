import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { serveConnection } from './protocol/connection.js';
import { createCursors } from './protocol/cursors.js';
import { createDispatcher } from './protocol/dispatcher.js';
import { createFailPoint } from './protocol/fail-point.js';
import { type Clock, systemClock } from './server-clock.js';
import { createStore } from './storage/document-store.js';
import { startExpiry } from './storage/expiry.js';
import { openWriter } from './update/writes.js';
import { decode, encode } from './values/bson-codec.js';
import type { Doc } from './values/bson-values.js';

/** An in-memory database that speaks MongoDB's wire protocol; for the demo and the tests. */
export interface EmbeddedDatabase {
  /** A URI that the driver takes unchanged; its database is `shop`. */
  readonly uri: string;
  readonly port: number;
  /** Operations that are running now; those that only wait for news (`hello`, a change stream's getMore) don't count. */
  runningOperations(): number;
  /** Inserts in process, as the insert command does, change events included. Throws at the first document that is refused. */
  insertMany(database: string, collection: string, documents: readonly Doc[]): Promise<void>;
  /** Ends what runs, closes all connections, and resolves once the port is free. */
  close(): Promise<void>;
}

/**
 * Starts the database on `host` (127.0.0.1) and `port` (0, the default: any that is free). Rejects with a clear error when the port
 * is taken.
 */
export async function startEmbeddedDatabase(
  options: { host?: string; port?: number; clock?: Clock } = {},
): Promise<EmbeddedDatabase> {
  const { host = '127.0.0.1', port = 0, clock = systemClock } = options;
  const sockets = new Set<Socket>();
  const listener = createServer();
  const bound = await listen(listener, host, port);
  const address = `${host.includes(':') ? `[${host}]` : host}:${bound}`;
  const store = createStore(clock);
  const stopExpiry = startExpiry({ store, clock });
  const cursors = createCursors(clock);
  const dispatcher = createDispatcher({
    store,
    cursors,
    clock,
    failPoint: createFailPoint(),
    host: address,
    startedAt: clock.now(),
    connections: () => sockets.size,
  });
  let connections = 0;

  listener.on('connection', (socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      cursors.orphan(connection);
    });
    serveConnection({ socket, dispatcher, connection });
  });

  return {
    uri: `mongodb://${address}/shop?replicaSet=embedded&directConnection=true`,
    port: bound,
    runningOperations: dispatcher.runningOperations,
    insertMany: async (database, collection, documents) => {
      const writer = openWriter({ store, database, name: collection, clock });
      for (const [index, document] of documents.entries()) {
        writer.insert(decode(encode(document)));
        if (index % 500 === 499) await new Promise((resolve) => setImmediate(resolve));
      }
    },
    close: () =>
      new Promise((resolve) => {
        stopExpiry();
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(listener: NetServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const why = taken ? `port ${port} is in use by another process` : error.message;
      reject(new Error(`The embedded database cannot listen on ${host}:${port}: ${why}`, { cause: error }));
    });
    listener.listen(port, host, () => {
      listener.removeAllListeners('error');
      // A connection that could not be accepted fails at its client; the others go on.
      listener.on('error', () => undefined);
      const address = listener.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new Error('The embedded database has no port'));
    });
  });
}
