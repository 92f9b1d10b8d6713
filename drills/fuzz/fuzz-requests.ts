import type { Ask } from '../load/plan.js';
import type { Draw } from '../support/draw.js';
import { documents, methods, names, parameters, paths, poison } from './fuzz-words.js';

/** One malformed request; the same draws make the same request. */
export function malformed(draw: Draw, origin: string): Ask {
  const kind = draw.below(8);
  if (kind === 0) return { origin, raw: garbage(draw), halfClose: true };
  if (kind <= 3)
    return { origin, raw: http(draw.below(6) === 0 ? draw.of(methods) : 'GET', target(draw), headers(draw)) };
  const body = kind <= 6 ? graphql(draw) : mutated(draw, '{"tags":["collection:offers"],"mode":"soft"}');
  const path = kind <= 6 ? '/graphql' : draw.of(['/admin/invalidate', ...paths]);
  return { origin, raw: http('POST', path, [...contentType(draw), ...headers(draw)], body) };
}

function garbage(draw: Draw): string {
  const bytes = () => Array.from({ length: draw.below(400) }, () => String.fromCharCode(draw.below(256))).join('');
  const request = http('GET', target(draw), headers(draw));
  return draw.of([bytes, () => mutated(draw, request), () => request.slice(0, draw.below(request.length)) + bytes()])();
}

function target(draw: Draw): string {
  const query = Array.from({ length: draw.below(4) }, () => `${draw.of(parameters)}=${draw.of(poison)}`).join('&');
  const path = draw.of(paths);
  const whole = `${draw.below(5) === 0 ? mutated(draw, path) : path}?${query}`;
  // A blank or line end would end the request target early and make a different request.
  return whole.replace(/[\s\0]/g, '+');
}

const contentType = (draw: Draw): string[] =>
  draw.below(10) === 0 ? [`content-type: ${draw.of(poison)}`] : ['content-type: application/json'];

function headers(draw: Draw): string[] {
  const odd = Array.from({ length: draw.below(3) }, () => `${draw.of(names)}: ${draw.of(poison)}`);
  return [...odd, ...(draw.below(3) === 0 ? ['apollo-require-preflight: 1'] : [])].map((line) =>
    line.replace(/[\r\n\0]/g, ''),
  );
}

function graphql(draw: Draw): string {
  const query = mutated(draw, draw.of(documents));
  const body = draw.of<() => unknown>([
    () => ({ query, variables: { limit: draw.of<unknown>([1, -1, 1e300, '5', null, {}, [1], { $gt: 1 }]) } }),
    () => ({ query, operationName: draw.of(poison) }),
    () => ({ query, extensions: { persistedQuery: { version: draw.of(poison), sha256Hash: draw.of(poison) } } }),
    () => ({ query: draw.of<unknown>([1, null, [], {}, draw.of(poison)]) }),
    () => draw.of(poison),
  ])();
  const text = JSON.stringify(body);
  return draw.below(4) === 0 ? mutated(draw, text) : text;
}

/** The text with a few places replaced, removed, repeated or filled with poison. */
function mutated(draw: Draw, text: string): string {
  let result = text;
  for (let left = draw.below(4); left > 0 && result.length > 0; left -= 1) {
    const at = draw.below(result.length);
    const between = draw.of([
      String.fromCharCode(draw.below(256)),
      '',
      result.slice(at, at + 10).repeat(2),
      draw.of(poison),
    ]);
    result = result.slice(0, at) + between + result.slice(at + draw.below(3));
  }
  return result;
}

function http(method: string, path: string, lines: readonly string[], body = ''): string {
  const bytes = Buffer.from(body).toString('latin1');
  const length = body === '' ? [] : [`content-length: ${bytes.length}`];
  return [`${method} ${path} HTTP/1.1`, 'host: localhost', ...lines, ...length, 'connection: close', '', bytes].join(
    '\r\n',
  );
}
