import type { Socket } from 'node:net';
import { decode } from '../values/bson-codec.js';
import type { Client, Dispatcher } from './dispatcher.js';
import { createFramer, encodeReply, type Message, parseMessage } from './wire.js';

/** More than this many waiting messages stop the reading, so that a client that floods fills no memory. */
const MAX_QUEUE = 16;

/** Serves one socket: its commands one after the other, as MongoDB does. What is no message closes it without an answer. */
export function serveConnection(options: { socket: Socket; dispatcher: Dispatcher; connection: number }): void {
  const { socket, dispatcher, connection } = options;
  const client: Client = { connection, appName: undefined, operations: new Set() };
  const framer = createFramer();
  const queue: Buffer[] = [];
  let busy = false;
  let replies = 0;

  async function answer(message: Message): Promise<void> {
    const body = await dispatcher.handle(message, client);
    if (message.unacknowledged || socket.destroyed) return;
    replies += 1;
    if (!message.exhaust) socket.write(encodeReply(message, replies, body));
    else await stream(message, body);
  }

  /** Answers a `hello` for as long as the client listens, each time when there is news or its waiting time is over. */
  async function stream(message: Message, first: Uint8Array): Promise<void> {
    let request = message;
    let body = first;
    while (!socket.destroyed) {
      const { ok, topologyVersion } = decode(body);
      socket.write(encodeReply(request, replies, body, ok === 1));
      if (ok !== 1) return;
      // Each answer answers the one before it, and waits for what is newer than that.
      request = { ...message, requestId: replies, command: { ...message.command, topologyVersion } };
      body = await dispatcher.handle(request, client);
      replies += 1;
    }
  }

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      for (let frame = queue.shift(); frame && !socket.destroyed; frame = queue.shift()) {
        await answer(parseMessage(frame));
        if (queue.length < MAX_QUEUE) socket.resume();
      }
    } catch {
      // No message, no BSON, or a fail point that says so: only this connection suffers.
      socket.destroy();
    }
    busy = false;
  }

  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    try {
      queue.push(...framer.push(chunk));
    } catch {
      socket.destroy();
      return;
    }
    if (queue.length >= MAX_QUEUE) socket.pause();
    void work();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    queue.length = 0;
    for (const operation of client.operations) operation.cancel();
  });
}
