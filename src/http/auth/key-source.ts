import { open } from 'node:fs/promises';
import type { Clock } from '../../core/clock.js';
import { AppError } from '../../core/errors.js';
import { type Tracer, traced } from '../../core/tracer.js';

/** A set of keys is a few KiB; a longer text is none. */
const MAX_BYTES = 262_144;
const TIMEOUT_MS = 5000;

/** Where a JWK set is read from. */
export interface KeySource {
  /** Milliseconds for which what was read is good without looking again. */
  readonly maxAgeMs: number;
  /** The whole text; rejects when it cannot be had within five seconds, or is longer than 256 KiB. */
  read(): Promise<string>;
}

/** `JWT_JWKS`: an http(s) URL, asked every ten minutes, or a file, read again every ten seconds. */
export function createKeySource(options: { location: string; clock: Clock; tracer?: Tracer | undefined }): KeySource {
  const { location, clock, tracer } = options;
  return /^https?:\/\//i.test(location)
    ? {
        maxAgeMs: 600_000,
        read: () =>
          traced(
            tracer,
            'GET',
            { 'http.request.method': 'GET', 'server.address': new URL(location).hostname },
            () => within(clock, (signal) => fetchText(location, signal, tracer?.headers())),
            { kind: 'client' },
          ),
      }
    : { maxAgeMs: 10_000, read: () => readFileText(location) };
}

async function within(clock: Clock, read: (signal: AbortSignal) => Promise<string>): Promise<string> {
  const controller = new AbortController();
  const cancel = clock.after(TIMEOUT_MS, () => controller.abort());
  try {
    return await read(controller.signal);
  } finally {
    cancel();
  }
}

/** A redirect is a failure: keys come from where the configuration says. */
async function fetchText(url: string, signal: AbortSignal, trace: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json', ...trace } });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw failure(`status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw failure(`longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function readFileText(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > MAX_BYTES) throw failure(`longer than ${MAX_BYTES} bytes`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

const failure = (what: string) => new AppError('SERVICE_UNAVAILABLE', `The key set cannot be read: ${what}`);
