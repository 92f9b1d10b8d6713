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
    const contentType = String(headers['content-type']);
    return new Response(text, { status, headers: { 'content-type': contentType } });
  };
}
