import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { ask, type BenchRequest, type WireAnswer } from '../support/http.js';

/** An answer without its metadata, which is written anew for each answer and tells the truth of that moment. */
function contentOf({ headers, bytes }: WireAnswer): unknown {
  if (bytes.length === 0) return undefined;
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  const { data, ...rest } = JSON.parse(String(text)) as { data?: { homepage?: object } };
  const { homepage, ...other } = data ?? {};
  return { ...rest, ...without(other), ...(homepage === undefined ? {} : { homepage: without(homepage) }) };
}

const without = (page: object): object =>
  Object.fromEntries(Object.entries(page).filter(([name]) => name !== 'metadata'));

/** Asks once, and throws unless the answer has the expected status and the expected answer's content. */
export async function checkAnswer(options: {
  who: string;
  origin: string;
  request: BenchRequest;
  status: number;
  expected: WireAnswer;
}): Promise<void> {
  const { who, origin, request, status, expected } = options;
  const answer = await ask(origin, request);
  if (answer.status !== status) throw new Error(`${who} answers ${answer.status} ${answer.bytes.subarray(0, 300)}`);
  if (!isDeepStrictEqual(contentOf(answer), contentOf(expected))) {
    throw new Error(`${who} answers other content than the gateway did first: ${answer.bytes.subarray(0, 300)}`);
  }
}
