import type { IncomingMessage } from 'node:http';
import { negotiate } from '@fastify/accept-negotiator';
import accepts from 'accepts';
import type { Compression } from '../../page/fragments/compression.js';
import type { Viewer } from '../../sections/define-section.js';
import { remember } from './remember.js';

/** What the short way needs to know of a request that says nothing out of the ordinary. */
export interface PlainRequest {
  readonly viewer: Viewer | undefined;
  /** The client's own id of the request, if it has a good one. */
  readonly requestId: string | undefined;
  readonly compression: Compression | undefined;
  /** A page's origin that may read the answer. */
  readonly origin: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** The media type that the client takes. */
  readonly type: string;
}

const REST_TYPES = ['application/json', 'application/json; charset=utf-8'];
/** In Apollo's order; a client that would rather have HTML gets the landing page. */
const GRAPHQL_TYPES = [
  'application/json; charset=utf-8',
  'application/graphql-response+json; charset=utf-8',
  'multipart/mixed; charset=utf-8',
  'text/html; charset=utf-8',
];

/** Headers with which a request goes the long way: what they mean is decided there. */
const longWay = ['x-request-timeout-ms', 'expect', 'upgrade', 'transfer-encoding', 'content-encoding'] as const;

/**
 * Reads what every answer depends on. It refuses nothing: a request of which any part is missing, repeated or unusual is
 * undefined and goes the long way, where it is understood or refused.
 */
export function createPlainReader(options: {
  isHost: (host: string) => boolean;
  isRequestId: (id: string) => boolean;
  isAllowedOrigin: (origin: string) => boolean;
  /** The viewer of a token that was verified before and is still good. */
  rememberedViewer: (authorization: string) => Viewer | undefined;
}): (request: IncomingMessage, api: 'rest' | 'graphql') => PlainRequest | undefined {
  const { isRequestId, isAllowedOrigin, rememberedViewer } = options;
  const isHost = remember(options.isHost);
  const isOrigin = remember(isAllowedOrigin);
  const restType = remember((accept) => (accepted(accept, REST_TYPES) === undefined ? 'other' : 'application/json'));
  const graphqlType = remember((accept) => accepted(accept, GRAPHQL_TYPES) ?? 'other');
  const compressionOf = remember((header) => compression(header) ?? 'identity');

  return (request, api) => {
    const { headers } = request;
    if (request.httpVersion !== '1.1' || headers.host === undefined || !isHost(headers.host)) return undefined;
    // Node keeps one of two headers with one name.
    if (Object.keys(headers).length * 2 !== request.rawHeaders.length) return undefined;
    for (const name of longWay) if (headers[name] !== undefined) return undefined;

    const { accept, authorization, origin } = headers;
    const type = accept ? (api === 'rest' ? restType : graphqlType)(accept) : 'application/json';
    const isJson = type.startsWith('application/json') || type.startsWith('application/graphql-response+json');
    if (!isJson) return undefined;
    const viewer = authorization === undefined ? undefined : rememberedViewer(authorization);
    if (authorization !== undefined && viewer === undefined) return undefined;
    if (origin !== undefined && !isOrigin(origin)) return undefined;
    const given = headers['x-request-id'];
    const requestId = typeof given === 'string' && isRequestId(given) ? given : undefined;
    const encoding = headers['accept-encoding'];
    const wanted =
      typeof encoding === 'string' && headers['x-no-compression'] === undefined ? compressionOf(encoding) : 'identity';
    return {
      viewer,
      requestId,
      compression: wanted === 'identity' ? undefined : wanted,
      origin,
      ifNoneMatch: headers['if-none-match'],
      type: type.includes('charset') ? type : `${type}; charset=utf-8`,
    };
  };
}

function accepted(accept: string, types: string[]): string | undefined {
  // `accepts` reads nothing of a request but this.
  const type = accepts({ headers: { accept } } as IncomingMessage).type(types);
  return typeof type === 'string' ? type : undefined;
}

/** As the long way's compression negotiates it. */
function compression(header: string): Compression | undefined {
  const found = negotiate(header.toLowerCase().replace(/\*|x-gzip/gu, 'gzip'), ['br', 'gzip']);
  return found === 'br' || found === 'gzip' ? found : undefined;
}
