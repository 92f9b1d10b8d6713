import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What the clients of one server may leave waiting, see `connectionBounds`. */
export interface GateBounds {
  /** Requests of one connection that are worked on at the same time (HTTP/1.1 pipelining, RFC 9112, 9.3.2). */
  maxUnderWay: number;
  /** Milliseconds for which a client may take no byte of what is written to it. */
  untakenMs: number;
  /** Bytes that may wait for all clients together; beyond, the connections with the most of them end. */
  maxWaitingBytes: number;
  /** Milliseconds between two looks for clients that take nothing. */
  checkEveryMs: number;
}

/** Requests after which the waiting bytes are summed up once more, between two looks. */
const CHECK_EVERY_REQUESTS = 256;

interface Connection {
  underWay: Set<ServerResponse>;
  queue: [IncomingMessage, ServerResponse][];
  /** Bytes that the client had taken at the last look, and the time since when it is no more. */
  taken: number;
  since: number;
}

/**
 * Passes requests on to `listener`, but no more of one connection at a time than the bound: the others wait, and the socket
 * is not read meanwhile. Without this, a client that pipelines and never reads fills the memory with answers. `stop` ends
 * the looks.
 */
export function createConnectionGate(options: { listener: RequestListener; bounds: GateBounds; now: () => number }): {
  listener: RequestListener;
  stop(): void;
} {
  const { listener, bounds, now } = options;
  const connections = new Map<Socket, Connection>();
  let sinceCheck = 0;

  const pass = (socket: Socket, connection: Connection, request: IncomingMessage, response: ServerResponse) => {
    connection.underWay.add(response);
    response.once('close', () => {
      connection.underWay.delete(response);
      const next = connection.queue.shift();
      if (next !== undefined && !socket.destroyed) return pass(socket, connection, ...next);
      if (connection.underWay.size > 0) return;
      connections.delete(socket);
      if (!socket.destroyed) socket.resume();
    });
    listener(request, response);
    sinceCheck += 1;
    if (sinceCheck >= CHECK_EVERY_REQUESTS) boundWaitingBytes();
  };

  const boundWaitingBytes = () => {
    sinceCheck = 0;
    const waiting = [...connections].map(([socket, connection]) => ({ socket, bytes: bytesWaiting(connection) }));
    let total = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= bounds.maxWaitingBytes) return;
    for (const { socket, bytes } of waiting.sort((a, b) => b.bytes - a.bytes)) {
      if (total <= bounds.maxWaitingBytes) return;
      socket.destroy();
      total -= bytes;
    }
  };

  const endUntaken = () => {
    for (const [socket, connection] of connections) {
      const taken = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || taken > connection.taken) {
        connection.taken = taken;
        connection.since = now();
      } else if (now() - connection.since >= bounds.untakenMs) socket.destroy();
    }
  };

  const looking = setInterval(() => {
    endUntaken();
    boundWaitingBytes();
  }, bounds.checkEveryMs).unref();

  return {
    listener: (request, response) => {
      const { socket } = request;
      const connection = connections.get(socket) ?? { underWay: new Set(), queue: [], taken: 0, since: now() };
      connections.set(socket, connection);
      if (connection.underWay.size < bounds.maxUnderWay) return pass(socket, connection, request, response);
      // What was read together with it is parsed to its end; nothing more is read.
      connection.queue.push([request, response]);
      socket.pause();
    },
    stop: () => clearInterval(looking),
  };
}

/** Of the first answer under way, what the socket holds; of those behind it, what they hold themselves. */
const bytesWaiting = ({ underWay }: Connection): number =>
  [...underWay].reduce((sum, { writableLength }) => sum + writableLength, 0);
