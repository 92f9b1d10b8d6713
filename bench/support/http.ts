import { Agent, request as send } from 'node:http';

/** One request of a benchmark. */
export interface BenchRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer as it came over the wire: nothing is decompressed. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly tookMs: number;
}

/** Longer than any answer of a server that is well. */
const ANSWER_LIMIT_MS = 20_000;
const agent = new Agent({ keepAlive: true, maxSockets: 200 });

export function ask(origin: string, { method, path, headers, body }: BenchRequest): Promise<WireAnswer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = send(
      new URL(path, origin),
      { agent, method, headers: { ...headers, ...length }, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const tookMs = performance.now() - startedAt;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, tookMs });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
