import { connect } from 'node:net';
import type { Ask, Sample } from './plan.js';

/** Longer than an answer to a malformed request may take; then it counts as unanswered. */
const ANSWER_TIMEOUT_MS = 5000;

/** Sends bytes unchanged on a new connection, and reads the first line of the answer. */
export function askRaw({
  origin,
  raw = '',
  halfClose = false,
}: Ask): Promise<Pick<Sample, 'status' | 'failure' | 'headers' | 'body'>> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let text = '';
    const settle = (failure?: string) => {
      const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1] ?? 0);
      resolve({ status, headers: {}, body: text, ...(status === 0 && failure !== undefined ? { failure } : {}) });
      // A reset leaves no socket in TIME_WAIT, so that thousands of requests do not use up the ports.
      socket.resetAndDestroy();
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => settle('no answer'));
    socket.on('connect', () => {
      socket.write(Buffer.from(raw, 'latin1'));
      if (halfClose) socket.end();
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n')) settle();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
    socket.on('close', () => settle('closed'));
  });
}
