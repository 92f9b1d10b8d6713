import { Agent, request } from 'node:http';
import type { Ask, PageFacts, Sample } from './plan.js';

/** Longer than any answer may take; then a request counts as unanswered. */
const ANSWER_TIMEOUT_MS = 15_000;

type Outcome = Pick<Sample, 'status' | 'failure' | 'headers' | 'page' | 'body'>;

/** Sends requests over kept-alive connections. */
export function createAsker(options: { keepBody: boolean }): (ask: Ask) => Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 1000 });
  return ({ origin, path = '/', method = 'GET', headers = {}, body }) =>
    new Promise((resolve) => {
      const failed = (error: Error & { code?: string }) =>
        resolve({ status: 0, failure: error.code ?? error.message, headers: {} });
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const asked = request(
        new URL(path, origin),
        { agent, method, headers: { ...length, ...headers }, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', failed);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const page = pageFacts(text);
            resolve({
              status: response.statusCode ?? 0,
              headers: chosen(response.headers),
              ...(page === undefined ? {} : { page }),
              ...(options.keepBody ? { body: text } : {}),
            });
          });
        },
      );
      asked.on('error', failed);
      asked.end(body);
    });
}

const wanted = /^(retry-after|connection|cache-control|ratelimit.*|allow)$/;

const chosen = (headers: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => wanted.test(name))
      .map(([name, value]) => [name, String(value)]),
  );

interface Envelope {
  data?: {
    sections?: Record<string, unknown>;
    metadata?: { sections?: { section: string; status: string; durationMs: number }[] };
  } | null;
  errors?: PageFacts['errors'];
}

function pageFacts(text: string): PageFacts | undefined {
  if (!text.startsWith('{"version"')) return undefined;
  const { data, errors = [] } = JSON.parse(text) as Envelope;
  const reports = data?.metadata?.sections ?? [];
  return {
    statuses: Object.fromEntries(reports.map(({ section, status }) => [section, status])),
    durations: Object.fromEntries(reports.map(({ section, durationMs }) => [section, durationMs])),
    missing: Object.entries(data?.sections ?? {}).flatMap(([key, section]) => (section === null ? [key] : [])),
    errors: errors.map(({ section, code }) => ({ code, ...(section === undefined ? {} : { section }) })),
  };
}
