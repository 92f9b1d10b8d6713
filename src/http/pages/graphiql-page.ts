import type { FastifyInstance } from 'fastify';
import { pageHeaders } from './html-page.js';

export interface ExampleOperation {
  name: string;
  document: string;
  variables: Readonly<Record<string, unknown>>;
}

/**
 * `GET /graphiql`: GraphiQL out of an npm package, so that it works without internet. `token`: a user's, for the headers to try the
 * personal page with. The page is nine megabytes of text, so it is made when it is first asked for.
 */
export function graphiqlPage(
  server: FastifyInstance,
  options: { examples: readonly ExampleOperation[]; token: string | undefined },
): void {
  const { examples, token } = options;
  let page: Promise<{ html: string; headers: Record<string, string> }> | undefined;
  const make = async () => {
    const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
    const authorization =
      token === undefined ? {} : { headers: JSON.stringify({ authorization: `Bearer ${token}` }, null, 2) };
    const html = renderGraphiQL({
      title: 'GraphiQL: Homepage Gateway',
      endpoint: '/graphql',
      defaultTabs: examples.map(({ document, variables }, index) => ({
        query: document,
        variables: JSON.stringify(variables, null, 2),
        // The first one shows the page of everybody, the others that of the user.
        ...(index === 0 ? {} : authorization),
      })),
    });
    return { html, headers: pageHeaders(html) };
  };
  server.get('/graphiql', async (_request, reply) => {
    page ??= make();
    const { html, headers } = await page;
    return reply.headers(headers).send(html);
  });
}
