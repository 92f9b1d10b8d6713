import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback whose links can be slowed, cut, and led elsewhere. */
export interface TcpProxy {
  readonly port: number;
  /** Delays every answer from now on by `ms`, in the order in which they were sent. */
  delay(ms: number): void;
  /** Ends every link; new ones are taken. */
  cut(): void;
  /** Links that come from now on lead to this port of loopback. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: { port: number }): Promise<TcpProxy> {
  let { port: upstreamPort } = target;
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(upstreamPort, '127.0.0.1');
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
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    delay: (ms) => {
      delayMs = ms;
    },
    cut,
    leadTo: (port) => {
      upstreamPort = port;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
