import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** An answer that was captured from the gateway. */
export interface RawAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly base64: string;
}

/** `raw-server.ts FILE`: node:http alone, which answers the bytes that the file has, on the port that PORT names. */
const given = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as readonly RawAnswer[];
const answers = new Map(
  given.map(({ url, status, headers, base64 }) => {
    const body = Buffer.from(base64, 'base64');
    const head = status === 304 ? headers : { ...headers, 'content-length': body.length };
    return [url, { status, head, body }];
  }),
);

createServer((request, response) => {
  const answer = answers.get(request.url ?? '');
  if (answer === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(answer.status, answer.head);
  response.end(answer.body);
}).listen(Number(process.env['PORT']), '127.0.0.1');
