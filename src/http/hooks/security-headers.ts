import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Seconds for which browsers keep to HTTPS (RFC 6797): a year. */
const HTTPS_SECONDS = 31_536_000;

/**
 * Headers that keep browsers from making anything of an answer but data. HSTS in production only: it would lock
 * developers out of every other server on localhost.
 */
export async function securityHeaders(server: FastifyInstance, options: { production: boolean }): Promise<void> {
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'base-uri': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    strictTransportSecurity: options.production ? { maxAge: HTTPS_SECONDS, includeSubDomains: true } : false,
    xFrameOptions: { action: 'deny' },
    // Other origins' pages show the pictures; data is still theirs only as CORS allows.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // Apollo Sandbox signs developers in by a window of its own.
    crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
  });
}

/**
 * The policy of Apollo's landing page, which names its own in a `meta` element, nonces included: that, and nothing else
 * but fonts, and calls to this gateway and to Apollo's.
 */
export function landingPagePolicy(html: string): string {
  const own = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  return [
    ...["default-src 'none'", own, 'font-src https://fonts.gstatic.com'],
    ...["connect-src 'self' https://*.apollographql.com", "base-uri 'none'", "form-action 'none'"],
    "frame-ancestors 'none'",
  ]
    .filter((directive) => directive !== '')
    .join('; ');
}
