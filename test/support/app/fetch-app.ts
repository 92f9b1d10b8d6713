import type { TestApp } from './build-test-app.js';

/** `fetch` whose requests the app answers, for clients that bring their own HTTP. */
export function fetchFrom(app: TestApp): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { pathname, search } = new URL(request.url);
    const { status, headers, text } = await app.inject({
      method: request.method === 'GET' ? 'GET' : 'POST',
      url: `${pathname}${search}`,
      headers: Object.fromEntries(request.headers),
      ...(request.body === null ? {} : { payload: await request.text() }),
    });
    const given = Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    // The body is read as text already.
    const plain = given.filter(([name]) => name !== 'content-encoding' && name !== 'content-length');
    const isEmpty = status === 204 || status === 304;
    return new Response(isEmpty ? null : text, { status, headers: Object.fromEntries(plain) });
  };
}
