import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';
import { createFramer, encodeReply, parseMessage } from '../../../src/embedded-mongodb/protocol/wire.js';

/** What a scripted server answers to a command: a document, its bytes, or nothing at all. */
type Reply = Document | Uint8Array | 'silence';

/** A MongoDB server whose answers a test writes itself, for what no healthy server does. */
export interface ScriptedMongodb {
  readonly uri: string;
  /** Names of the commands that came, those of the driver's own upkeep left out. */
  readonly commands: string[];
  close(): Promise<void>;
}

const upkeep = ['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'killCursors'];

/** `reply` answers every command but those of the driver's upkeep; undefined refuses it as unknown (59). */
export async function startScriptedMongodb(
  reply: (name: string, command: Document) => Reply | undefined,
): Promise<ScriptedMongodb> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const answer = (name: string, command: Document): Reply => {
    if (name === 'hello' || name.toLowerCase() === 'ismaster') return hello;
    if (upkeep.includes(name)) return { ok: 1 };
    commands.push(name);
    return reply(name, command) ?? { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: `no such command: ${name}` };
  };
  const server = createServer((socket) => {
    const framer = createFramer();
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const frame of framer.push(chunk)) {
        const message = parseMessage(frame);
        const command: Document = message.command;
        const body = answer(Object.keys(command)[0] ?? '', command);
        if (body === 'silence' || message.unacknowledged) continue;
        socket.write(encodeReply(message, 1, body instanceof Uint8Array ? body : BSON.serialize(body)));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return {
    uri: `mongodb://127.0.0.1:${address.port}/shop?directConnection=true&serverMonitoringMode=poll`,
    commands,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const hello: Document = {
  ok: 1,
  isWritablePrimary: true,
  setName: 'scripted',
  hosts: ['127.0.0.1:1'],
  maxBsonObjectSize: 16 * 1024 * 1024,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 21,
};
