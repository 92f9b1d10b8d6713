import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startEmbeddedDatabase } from '../../../src/embedded-mongodb/embedded-server.js';

/** A database for a test file. */
export interface TestDatabase {
  /** A replica set's URI, its database being `shop`; use a database name of your own all the same. */
  readonly uri: string;
  readonly kind: 'external' | 'mongod' | 'embedded';
  close(): Promise<void>;
}

/** `MONGODB_TEST_URI`, else a `mongod` on PATH as a one-node replica set, else the embedded database. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const uri = process.env.MONGODB_TEST_URI;
  if (uri) return { uri, kind: 'external', close: async () => undefined };
  if (spawnSync('mongod', ['--version']).status === 0) return startMongod();
  const database = await startEmbeddedDatabase();
  return { uri: database.uri, kind: 'embedded', close: database.close };
}

/** A database name that no other test file uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
}

async function startMongod(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'homepage-mongod-'));
  const port = await freePort();
  const mongod = spawn(
    'mongod',
    [
      ...['--dbpath', directory, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', 'test'],
      ...['--setParameter', 'enableTestCommands=1', '--quiet'],
    ],
    { stdio: 'ignore' },
  );
  const uri = `mongodb://127.0.0.1:${port}/shop?replicaSet=test&directConnection=true`;
  try {
    await startReplicaSet(`mongodb://127.0.0.1:${port}/?directConnection=true`, port);
  } catch (error) {
    await stop(mongod, directory);
    throw error;
  }
  return { uri, kind: 'mongod', close: () => stop(mongod, directory) };
}

async function startReplicaSet(uri: string, port: number): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 20_000 });
  try {
    const admin = client.db('admin');
    await admin.command({ replSetInitiate: { _id: 'test', members: [{ _id: 0, host: `127.0.0.1:${port}` }] } });
    // The server answers an awaitable hello as soon as it has become the primary.
    for (let hello = await admin.command({ hello: 1 }); !hello.isWritablePrimary; ) {
      hello = await admin.command({ hello: 1, topologyVersion: hello.topologyVersion, maxAwaitTimeMS: 10_000 });
    }
  } finally {
    await client.close();
  }
}

async function stop(mongod: ChildProcess, directory: string): Promise<void> {
  const exited = mongod.exitCode === null ? once(mongod, 'exit') : undefined;
  mongod.kill('SIGKILL');
  await exited;
  await rm(directory, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
