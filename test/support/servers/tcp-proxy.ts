import { lateWriter, type Relay, startRelay } from './relay.js';

/** A TCP proxy on loopback whose links can be slowed, cut, and led elsewhere. */
export interface TcpProxy extends Relay {
  /** Delays every answer from now on by `ms`, in the order in which they were sent. */
  delay(ms: number): void;
  /** Links that come from now on lead to this port of loopback. */
  leadTo(port: number): void;
}

export async function startTcpProxy({ port }: { port: number }): Promise<TcpProxy> {
  let upstreamPort = port;
  let delayMs = 0;
  const relay = await startRelay({
    target: () => upstreamPort,
    wire: (client, upstream) => {
      client.pipe(upstream);
      const write = lateWriter(client);
      upstream.on('data', (chunk) => write(chunk, delayMs));
    },
  });
  return {
    ...relay,
    delay: (ms) => {
      delayMs = ms;
    },
    leadTo: (to) => {
      upstreamPort = to;
    },
  };
}
