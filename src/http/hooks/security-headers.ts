import type { FastifyInstance } from 'fastify';

/** Seconds for which browsers keep to HTTPS (RFC 6797): a year. */
const HTTPS_SECONDS = 31_536_000;

/**
 * What keeps a browser from taking data for anything else: no guessing of types, nothing loaded or framed, no use by
 * pages of other origins but by CORS. HSTS in production only: it would lock developers out of every other server on
 * localhost. What means something for HTML alone is on HTML alone, see `landingPageHeaders`.
 */
export const securityHeaders = (options: { production: boolean }): Readonly<Record<string, string>> => ({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  ...(options.production ? { 'strict-transport-security': `max-age=${HTTPS_SECONDS}; includeSubDomains` } : {}),
});

/** Puts the security headers on every answer. */
export function addSecurityHeaders(server: FastifyInstance, options: { production: boolean }): void {
  const headers = securityHeaders(options);
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
}

/** Headers of Apollo's landing page, an HTML document with scripts. */
export function landingPageHeaders(html: string): Record<string, string> {
  return {
    'content-security-policy': landingPagePolicy(html),
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'origin-agent-cluster': '?1',
    // Apollo Sandbox signs developers in by a window of its own.
    'cross-origin-opener-policy': 'same-origin-allow-popups',
  };
}

/**
 * The page names a policy of its own in a `meta` element, nonces included: that, and nothing else but fonts, and calls to
 * this gateway and to Apollo's.
 */
function landingPagePolicy(html: string): string {
  const own = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  return [
    ...["default-src 'none'", own, 'font-src https://fonts.gstatic.com'],
    ...["connect-src 'self' https://*.apollographql.com", "base-uri 'none'", "form-action 'none'"],
    "frame-ancestors 'none'",
  ]
    .filter((directive) => directive !== '')
    .join('; ');
}
