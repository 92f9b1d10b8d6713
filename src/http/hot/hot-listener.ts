import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../core/clock.js';
import type { PreparedAnswer, PreparedPages } from '../../page/prepared/prepared-pages.js';
import type { Viewer } from '../../sections/define-section.js';
import { MAX_URL_BYTES } from '../hooks/well-formed.js';
import type { RateLimiter, Standing } from '../rate-limit/rate-limiter.js';
import type { HotOperation, HotOperations } from './hot-operations.js';
import type { PlainRequest } from './plain-request.js';
import { type ComposedAnswer, composeAnswer, writeAnswer } from './write-answer.js';

/** An answer of the short way: always 200 or 304, with every section from a copy. */
export interface HotAnswer {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly viewer: Viewer | undefined;
  /** By `performance.now()`. */
  readonly arrivedAt: number;
  readonly operation: HotOperation;
  readonly pages: PreparedAnswer['pages'];
}

/** A request that may be answered here. */
interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly plain: PlainRequest;
  readonly operation: HotOperation;
  readonly arrivedAt: number;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Bodies that are read before it is known which way they go; longer ones go the long way unread. */
const MAX_BODY_BYTES = 16_384;

/**
 * The short way: a plain request for a prepared page whose sections are all at hand is answered from bytes, before the
 * server's own hooks and routes. It refuses nothing and fails nothing: every other request is handed on untouched.
 */
export function createHotListener(options: {
  operations: HotOperations;
  pages: PreparedPages;
  readPlain: (request: IncomingMessage, api: 'rest' | 'graphql') => PlainRequest | undefined;
  clientOf: (request: IncomingMessage, viewer: Viewer | undefined) => string;
  limiter: RateLimiter | undefined;
  newRequestId: () => string;
  /** Headers that every answer has, names and values in turn. */
  staticHeaders: readonly string[];
  draining: () => boolean;
  onAnswer: (answer: HotAnswer) => void;
  clock: Clock;
}): (request: IncomingMessage, response: ServerResponse, handOn: Listener) => void {
  const { operations, pages, readPlain, clientOf, limiter, newRequestId, staticHeaders, onAnswer, clock } = options;

  /**
   * Answers to all requests that had arrived at one time, which are written together: a client's process sleeps until there is
   * something to read, and to wake it for every single answer costs as much as to make them.
   */
  const ready: { response: ServerResponse; composed: ComposedAnswer; told: HotAnswer }[] = [];
  const writeReady = () => {
    const answers = ready.splice(0);
    for (const { response, composed } of answers) writeAnswer(response, composed);
    for (const { told } of answers) onAnswer(told);
  };

  /** Whether the client may have the answer; else the long way refuses it. */
  const send = (asked: Asked, served: PreparedAnswer): boolean => {
    const { request, response, plain, operation, arrivedAt } = asked;
    const { viewer } = plain;
    const standing: Standing | undefined = limiter?.take(clientOf(request, viewer), operation.cost);
    if (standing?.allowed === false) return false;
    const requestId = plain.requestId ?? newRequestId();
    const composed = composeAnswer({ request, plain, operation, served, standing, requestId, staticHeaders });
    const told = { request, response, requestId, viewer, arrivedAt, operation, pages: served.pages };
    if (ready.push({ response, composed, told }) === 1) clock.soon(writeReady);
    return true;
  };

  /** Answers, or hands on. */
  const answer = (
    request: IncomingMessage,
    response: ServerResponse,
    plain: PlainRequest,
    operation: HotOperation | undefined,
    handOn: Listener,
  ): void => {
    const { viewer } = plain;
    const isOthers = operation?.userId !== undefined && operation.userId !== viewer?.userId;
    if (operation === undefined || isOthers) {
      handOn(request, response);
      return;
    }
    const asked: Asked = { request, response, plain, operation, arrivedAt: performance.now() };
    const startedAt = clock.now();
    const sendOrHandOn = (served: PreparedAnswer | undefined) => {
      if (served === undefined || !send(asked, served)) handOn(request, response);
    };
    const served = pages.answer(operation, viewer, startedAt);
    const looked = served === undefined ? pages.look(operation, viewer, startedAt) : undefined;
    if (looked === undefined) sendOrHandOn(served);
    // A process that goes away meanwhile ends its connections, by the long way.
    else void looked.then((found) => sendOrHandOn(options.draining() ? undefined : found));
  };

  const answerPost = (request: IncomingMessage, response: ServerResponse, plain: PlainRequest, handOn: Listener) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const [first = Buffer.alloc(0)] = chunks;
      const body = chunks.length === 1 ? first : Buffer.concat(chunks);
      answer(request, response, plain, operations.ofBody(body), () => {
        operations.keepBody(request, body);
        handOn(request, response);
      });
    });
  };

  return (request, response, handOn) => {
    const { method, url = '' } = request;
    const api = apiOf(url);
    const isPost = method === 'POST' && url === '/graphql' && isShortJson(request);
    const isGet = method === 'GET' && request.headers['content-length'] === undefined && url.length <= MAX_URL_BYTES;
    if (api === undefined || options.draining() || !(isPost || isGet)) return handOn(request, response);
    const plain = readPlain(request, api);
    if (plain === undefined) return handOn(request, response);
    if (isPost) return answerPost(request, response, plain, handOn);
    const operation = api === 'rest' ? operations.ofSearch(url.slice(REST_PATH.length + 1)) : operations.ofUrl(url);
    answer(request, response, plain, operation, handOn);
  };
}

const REST_PATH = '/api/v1/homepage';

function apiOf(url: string): 'rest' | 'graphql' | undefined {
  if (url.startsWith('/graphql')) return url.length === 8 || url[8] === '?' ? 'graphql' : undefined;
  if (!url.startsWith(REST_PATH)) return undefined;
  return url.length === REST_PATH.length || url[REST_PATH.length] === '?' ? 'rest' : undefined;
}

function isShortJson({ headers }: IncomingMessage): boolean {
  const type = headers['content-type'];
  const length = Number(headers['content-length']);
  return (
    (type === 'application/json' || type === 'application/json; charset=utf-8') &&
    length > 0 &&
    length <= MAX_BODY_BYTES
  );
}
