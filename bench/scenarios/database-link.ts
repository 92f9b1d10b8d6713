import type { Socket } from 'node:net';
import { deserialize } from 'bson';
import { lateWriter, startRelay } from '../../test/support/servers/relay.js';

/** A link to the database on loopback that reads what goes over it (MongoDB's OP_MSG) and can be slowed and cut. */
export interface DatabaseLink {
  readonly uri: string;
  /** How many finds of a collection were sent since the last `reset`. */
  finds(collection: string): number;
  /** From now on answers to finds are held back so long after the database has read; 0 ends it. */
  delayFinds(ms: number): void;
  /** Ends all connections and refuses new ones, until it is given false. */
  cut(isCut: boolean): void;
  /** Whole and fast again, nothing counted. */
  reset(): void;
  close(): Promise<void>;
}

const OP_MSG = 2013;
/** Message header (length, request id, id that is answered, operation), flags, and the kind of the first section. */
const BODY_OFFSET = 21;

export async function openDatabaseLink(uri: string): Promise<DatabaseLink> {
  let counts = new Map<string, number>();
  let delayMs = 0;
  let refused = false;
  const port = Number(new URL(uri).port);

  const relay = await startRelay({
    target: () => (refused ? undefined : port),
    wire: (client, upstream) => {
      const slow = new Set<number>();
      const write = lateWriter(client);
      onMessages(client, (message) => {
        const collection = findOf(message);
        if (collection !== undefined) {
          counts.set(collection, (counts.get(collection) ?? 0) + 1);
          slow.add(message.readInt32LE(4));
        }
        upstream.write(message);
      });
      onMessages(upstream, (message) => write(message, slow.delete(message.readInt32LE(8)) ? delayMs : 0));
    },
  });
  const linked = new URL(uri);
  linked.port = String(relay.port);

  return {
    uri: linked.href,
    finds: (collection) => counts.get(collection) ?? 0,
    delayFinds: (ms) => {
      delayMs = ms;
    },
    cut: (isCut) => {
      refused = isCut;
      if (isCut) relay.cut();
    },
    reset: () => {
      refused = false;
      delayMs = 0;
      counts = new Map();
    },
    close: relay.close,
  };
}

/** Calls back with each whole message of the wire protocol. */
function onMessages(socket: Socket, receive: (message: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= pending.readInt32LE(0)) {
      const length = pending.readInt32LE(0);
      receive(pending.subarray(0, length));
      pending = pending.subarray(length);
    }
  });
}

/** The collection that a message finds in. */
function findOf(message: Buffer): string | undefined {
  if (message.readInt32LE(12) !== OP_MSG || message[BODY_OFFSET - 1] !== 0) return undefined;
  const length = message.readInt32LE(BODY_OFFSET);
  const { find } = deserialize(message.subarray(BODY_OFFSET, BODY_OFFSET + length));
  return typeof find === 'string' ? find : undefined;
}
