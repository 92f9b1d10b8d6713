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

/** Writes an answer's head in one go, and its pieces as they are: joining them would copy the page once more. */
export function writeAnswer(options: {
  request: IncomingMessage;
  response: ServerResponse;
  plain: PlainRequest;
  operation: HotOperation;
  served: PreparedAnswer;
  standing: Standing | undefined;
  requestId: string;
  staticHeaders: readonly string[];
}): void {
  const { request, response, plain, operation, served, standing, requestId, staticHeaders } = options;
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
    const [page, ...others] = pages;
    const answers = page !== undefined && others.length === 0 ? page.answers : pages.flatMap((one) => one.answers);
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
      response.writeHead(304, headers);
      response.end();
      return;
    }
  } else headers.push('cache-control', plain.viewer === undefined ? 'no-store' : privateHeaders['cache-control']);

  const compression = bytes.length < MIN_COMPRESSED_BYTES ? undefined : compressionOf(plain.compression, bytes);
  const buffers =
    compression === undefined
      ? undefined
      : compression === 'br'
        ? brotliPieces(bytes.pieces)
        : gzipPieces(bytes.pieces);
  const length = buffers?.reduce((sum, buffer) => sum + buffer.length, 0) ?? bytes.length;
  headers.push('content-type', plain.type, 'content-length', String(length));
  if (!isShared)
    headers.push('vary', compression === undefined ? operation.vary : `${operation.vary}, accept-encoding`);
  if (compression !== undefined) headers.push('content-encoding', compression);
  response.writeHead(200, headers);
  response.cork();
  if (buffers === undefined) for (const piece of bytes.pieces) response.write(piece.bytes);
  else for (const buffer of buffers) response.write(buffer);
  response.end();
}

/** Brotli compresses the first piece only: where that is not most of the answer, it is not worth the while. */
function compressionOf(wanted: Compression | undefined, { pieces, length }: PageBytes): Compression | undefined {
  return wanted === 'br' && pieces[0].bytes.length * 2 < length ? undefined : wanted;
}
