import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback that delays what the server answers. */
export interface SlowProxy {
  readonly port: number;
  /** Delays every answer from now on by `ms`, in the order in which they were sent. */
  delay(ms: number): void;
  close(): Promise<void>;
}

export async function startSlowProxy(target: { port: number }): Promise<SlowProxy> {
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target.port, '127.0.0.1');
    client.pipe(upstream);
    let last = Promise.resolve();
    upstream.on('data', (chunk) => {
      const held = new Promise<void>((resolve) => setTimeout(resolve, delayMs));
      last = Promise.all([last, held]).then(() => void (client.writable && client.write(chunk)));
    });
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
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    delay: (ms) => {
      delayMs = ms;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
