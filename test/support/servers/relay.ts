import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A server on loopback whose connections each lead to another server; one that ends takes its other half with it. */
export interface Relay {
  readonly port: number;
  /** Ends every connection; new ones are taken. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * `target` is asked for each connection: the port of loopback that it leads to, or undefined to refuse it. `wire` passes on what
 * either half says.
 */
export async function startRelay(options: {
  target: () => number | undefined;
  wire: (client: Socket, upstream: Socket) => void;
}): Promise<Relay> {
  const { target, wire } = options;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const port = target();
    if (port === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    wire(client, upstream);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // `close` follows, and ends the other socket.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    cut,
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Writes to a socket late, and in the order in which it was called. What comes after the socket has ended is dropped. */
export function lateWriter(socket: Socket): (chunk: Buffer, delayMs: number) => void {
  let last = Promise.resolve();
  return (chunk, delayMs) => {
    const held = new Promise<void>((resolve) => setTimeout(resolve, delayMs));
    last = Promise.all([last, held]).then(() => void (socket.writable && socket.write(chunk)));
  };
}
