import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Connections } from './under-way.js';

/** What the clients of one server may leave waiting, see `connectionBounds`. */
export interface GateBounds {
  /** Requests of one connection that are worked on at the same time (HTTP/1.1 pipelining, RFC 9112, 9.3.2). */
  maxUnderWay: number;
  /** Requests of one connection that wait for their turn; with more, the connection ends. */
  maxQueued: number;
  /** Bytes of one connection's answers that the client has not taken; with more, none of its requests is passed on. */
  maxUntakenBytes: number;
  /** Milliseconds for which a client may take no byte of what is written to it. */
  untakenMs: number;
  /** Bytes that may wait for all clients together; beyond, the connections with the most of them end. */
  maxWaitingBytes: number;
  /** Milliseconds between two looks for clients that take nothing. */
  checkEveryMs: number;
}

/** Requests after which the waiting bytes are summed up once more, between two looks. */
const CHECK_EVERY_REQUESTS = 256;
/** Bytes that a request takes while it waits, with its response: about as many as measured with few headers. */
const QUEUED_BYTES = 4096;

interface Connection {
  socket: Socket;
  underWay: ServerResponse[];
  queue: [IncomingMessage, ServerResponse][];
  /** Bytes that the client had taken at the last look, and the time since when it is no more. */
  taken: number;
  since: number;
}

/**
 * Passes requests on to `listener`, but no more of one connection at a time than the bounds: the others wait, and the socket
 * is not read meanwhile. Without this, a client that pipelines and never reads fills the memory with answers, and holds up
 * all others while pages are made that it does not take. `stop` ends the looks.
 */
export function createConnectionGate(options: {
  listener: RequestListener;
  bounds: GateBounds;
  now: () => number;
  /** Is filled, for those who wait for their end. */
  underWay: Connections;
}): {
  listener: RequestListener;
  stop(): void;
} {
  const { listener, bounds, now, underWay: ofAll } = options;
  const connections = new Map<Socket, Connection>();
  /** Connections whose next queued request may be passed on, in their turn. */
  const ready = new Set<Connection>();
  let scheduled = false;
  let sinceCheck = 0;

  const pass = (connection: Connection, request: IncomingMessage, response: ServerResponse) => {
    connection.underWay.push(response);
    response.once('close', () => {
      connection.underWay.splice(connection.underWay.indexOf(response), 1);
      advance(connection);
    });
    listener(request, response);
  };

  const mayPass = (connection: Connection): boolean =>
    !connection.socket.destroyed &&
    connection.underWay.length < bounds.maxUnderWay &&
    untakenBytes(connection) <= bounds.maxUntakenBytes;

  /** Lets a connection take its turn, or reads on when all that it has sent is passed on. Each answer taken advances again. */
  const advance = (connection: Connection): void => {
    if (!mayPass(connection)) return;
    if (connection.queue.length === 0) {
      connection.socket.resume();
      return;
    }
    ready.add(connection);
    passOneEachTurn();
  };

  /** One of all connections at a turn of the event loop: else those that pipeline would hold up all others. */
  const passOneEachTurn = (): void => {
    if (scheduled || ready.size === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const [connection] = ready;
      if (connection !== undefined) takeTurn(connection);
      passOneEachTurn();
    });
  };

  const takeTurn = (connection: Connection): void => {
    ready.delete(connection);
    // What was passed on before has been answered meanwhile, and may wait to be taken.
    if (!mayPass(connection)) return;
    const next = connection.queue.shift();
    if (next !== undefined) pass(connection, ...next);
    advance(connection);
  };

  const boundWaitingBytes = () => {
    sinceCheck = 0;
    const waiting = [...connections.values()].map((connection) => ({
      socket: connection.socket,
      bytes: untakenBytes(connection) + connection.queue.length * QUEUED_BYTES,
    }));
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
    const underWay: ServerResponse[] = [];
    const connection: Connection = { socket, underWay, queue: [], taken: 0, since: now() };
    connections.set(socket, connection);
    ofAll.add(underWay);
    // Answers that wait behind another one do not hear of it.
    socket.once('close', () => {
      connections.delete(socket);
      ready.delete(connection);
      ofAll.delete(underWay);
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
      // What was read together with the request that was one too many is parsed to its end.
      if (socket.destroyed) return void request.destroy();
      const connection = connections.get(socket) ?? opened(socket);
      const { underWay, queue } = connection;
      sinceCheck += 1;
      if (sinceCheck >= CHECK_EVERY_REQUESTS) boundWaitingBytes();
      if (underWay.length === 0 && queue.length === 0) return pass(connection, request, response);
      if (queue.length >= bounds.maxQueued) return drop(connection, request);
      queue.push([request, response]);
      // What was read together with it is parsed to its end; nothing more is read.
      if (underWay.length + queue.length >= bounds.maxUnderWay) socket.pause();
      return advance(connection);
    },
    stop: () => clearInterval(looking),
  };
}

/**
 * Ends a connection with what it has queued. Requests that are still open when the socket closes cost more than twice as
 * much: Node gives each of them an error, and formats its stack.
 */
function drop({ socket, queue }: Connection, last: IncomingMessage): void {
  socket.destroy();
  for (const [request] of queue) request.destroy();
  last.destroy();
}

/** Of the first answer under way, what the socket holds; of those behind it, what they hold themselves. */
const untakenBytes = ({ underWay }: Connection): number =>
  underWay.reduce((sum, { writableLength }) => sum + writableLength, 0);
