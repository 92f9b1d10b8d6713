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
  /** Whether the next of the queue is passed on in the next turn of the event loop. */
  scheduled: boolean;
  /** Bytes that the client had taken at the last look, and the time since when it is no more. */
  taken: number;
  since: number;
}

/**
 * Passes requests on to `listener`, but no more of one connection at a time than the bound: the others wait, and the socket
 * is not read meanwhile. Without this, a client that pipelines and never reads fills the memory with answers. `stop` ends
 * the looks.
 */
export function createConnectionGate(options: {
  listener: RequestListener;
  bounds: GateBounds;
  now: () => number;
  /** Holds the requests that are worked on, for those who wait for their end. */
  underWay: Set<ServerResponse>;
}): {
  listener: RequestListener;
  stop(): void;
} {
  const { listener, bounds, now, underWay: ofAll } = options;
  const connections = new Map<Socket, Connection>();
  let sinceCheck = 0;

  const pass = (socket: Socket, connection: Connection, request: IncomingMessage, response: ServerResponse) => {
    connection.underWay.add(response);
    ofAll.add(response);
    response.once('close', () => {
      connection.underWay.delete(response);
      ofAll.delete(response);
      if (socket.destroyed) return;
      if (connection.queue.length > 0) passLater(socket, connection);
      else socket.resume();
    });
    listener(request, response);
    sinceCheck += 1;
    if (sinceCheck >= CHECK_EVERY_REQUESTS) boundWaitingBytes();
  };

  /** One at a turn: else the answers of one connection, each of which lets the next begin, would hold up all others. */
  const passLater = (socket: Socket, connection: Connection): void => {
    if (connection.scheduled || connection.underWay.size >= bounds.maxUnderWay) return;
    connection.scheduled = true;
    setImmediate(() => {
      connection.scheduled = false;
      const next = connection.queue.shift();
      if (next === undefined || socket.destroyed) return;
      pass(socket, connection, ...next);
      passLater(socket, connection);
    });
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

  const opened = (socket: Socket): Connection => {
    const underWay = new Set<ServerResponse>();
    const connection = { underWay, queue: [], scheduled: false, taken: 0, since: now() };
    connections.set(socket, connection);
    // Answers that wait behind another one do not hear of it.
    socket.once('close', () => {
      connections.delete(socket);
      for (const response of underWay) ofAll.delete(response);
    });
    return connection;
  };

  const looking = setInterval(() => {
    endUntaken();
    boundWaitingBytes();
  }, bounds.checkEveryMs).unref();

  return {
    listener: (request, response) => {
      const { socket } = request;
      const connection = connections.get(socket) ?? opened(socket);
      const { underWay, queue } = connection;
      if (underWay.size === 0 && queue.length === 0) return pass(socket, connection, request, response);
      queue.push([request, response]);
      // What was read together with it is parsed to its end; nothing more is read.
      if (underWay.size + queue.length >= bounds.maxUnderWay) socket.pause();
      return passLater(socket, connection);
    },
    stop: () => clearInterval(looking),
  };
}

/** Of the first answer under way, what the socket holds; of those behind it, what they hold themselves. */
const bytesWaiting = ({ underWay }: Connection): number =>
  [...underWay].reduce((sum, { writableLength }) => sum + writableLength, 0);
