import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliPieces, type Compression, gzipPieces, MIN_COMPRESSED_BYTES } from '../../page/fragments/compression.js';
import type { PageBytes } from '../../page/fragments/page-bytes.js';
import type { PreparedAnswer } from '../../page/prepared/prepared-pages.js';
import { isHeld, privateHeaders, sharedCacheControl } from '../hooks/cache-headers.js';
import { exposedHeaders } from '../hooks/cors.js';
import { standingHeaders } from '../rate-limit/rate-limit-hook.js';
import type { Standing } from '../rate-limit/rate-limiter.js';
import type { HotOperation } from './hot-operations.js';
import type { PlainRequest } from './plain-request.js';

/** An answer as it goes out: header names and values in turn. */
export interface ComposedAnswer {
  readonly status: 200 | 304;
  readonly headers: readonly string[];
  readonly buffers: readonly Buffer[];
}

export function composeAnswer(options: {
  request: IncomingMessage;
  plain: PlainRequest;
  operation: HotOperation;
  served: PreparedAnswer;
  standing: Standing | undefined;
  requestId: string;
  staticHeaders: readonly string[];
}): ComposedAnswer {
  const { request, plain, operation, served, standing, requestId, staticHeaders } = options;
  const { bytes, pages } = served;
  const isShared = plain.viewer === undefined && request.method === 'GET';
  const headers = ['x-request-id', requestId, ...staticHeaders];
  if (standing !== undefined) {
    const { ratelimit, 'ratelimit-policy': policy } = standingHeaders(standing);
    headers.push('ratelimit', ratelimit, 'ratelimit-policy', policy);
  }
  if (plain.origin !== undefined) {
    headers.push('access-control-allow-origin', plain.origin, 'access-control-expose-headers', exposedHeaders);
  }
  if (isShared) {
    const answers = pages.flatMap((page) => page.answers);
    headers.push(
      'vary',
      `${operation.vary}, accept-encoding, authorization`,
      'cache-control',
      sharedCacheControl(answers, { partial: false }),
      'cache-tag',
      operation.cacheTag,
      'age',
      '0',
      'etag',
      bytes.etag,
    );
    if (plain.ifNoneMatch !== undefined && isHeld(plain.ifNoneMatch, bytes.etag)) {
      return { status: 304, headers, buffers: [] };
    }
  } else headers.push('cache-control', plain.viewer === undefined ? 'no-store' : privateHeaders['cache-control']);

  const compression = bytes.length < MIN_COMPRESSED_BYTES ? undefined : compressionOf(plain.compression, bytes);
  const { buffers, length } = compression === undefined ? identity(bytes) : compressed(bytes, compression);
  headers.push('content-type', plain.type, 'content-length', String(length));
  if (!isShared)
    headers.push('vary', compression === undefined ? operation.vary : `${operation.vary}, accept-encoding`);
  if (compression !== undefined) headers.push('content-encoding', compression);
  return { status: 200, headers, buffers };
}

/** Writes an answer's head in one go, and its pieces as they are: joining them would copy the page once more. */
export function writeAnswer(response: ServerResponse, { status, headers, buffers }: ComposedAnswer): void {
  // Node's types ask for an array that it may change, which it does not.
  response.writeHead(status, headers as string[]);
  response.cork();
  for (const buffer of buffers) response.write(buffer);
  response.end();
}

const identity = ({ pieces, length }: PageBytes) => ({ buffers: pieces.map(({ bytes }) => bytes), length });

function compressed({ pieces }: PageBytes, compression: Compression): { buffers: Buffer[]; length: number } {
  const buffers = compression === 'br' ? brotliPieces(pieces) : gzipPieces(pieces);
  return { buffers, length: buffers.reduce((sum, buffer) => sum + buffer.length, 0) };
}

/** Brotli compresses the first piece only: where that is not most of the answer, it is not worth the while. */
function compressionOf(wanted: Compression | undefined, { pieces, length }: PageBytes): Compression | undefined {
  return wanted === 'br' && pieces[0].bytes.length * 2 < length ? undefined : wanted;
}
