import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../../config/config.js';
import type { Clock } from '../../core/clock.js';
import type { Span, Tracer } from '../../core/tracer.js';
import type { Operations } from '../../graphql/operations/operations.js';
import { createPagePreparer } from '../../graphql/operations/prepare-page.js';
import type { ReferenceLoaders } from '../../loaders/references.js';
import { createFragments } from '../../page/fragments/fragments.js';
import { createPageWriter } from '../../page/fragments/page-bytes.js';
import type { Part, PreparedPage } from '../../page/prepared/prepared-operation.js';
import { createPreparedPages } from '../../page/prepared/prepared-pages.js';
import { createPartSharing } from '../../page/prepared/shared-parts.js';
import type { SectionSource } from '../../page/sources/section-source.js';
import type { ViewCounter } from '../../page/view-counter.js';
import type { Section, Viewer } from '../../sections/define-section.js';
import type { Authenticator } from '../auth/authenticator.js';
import type { Answered } from '../hooks/answered.js';
import { cacheTag } from '../hooks/cache-headers.js';
import { originMatcher } from '../hooks/cors.js';
import { createRequestIds, REQUEST_ID } from '../hooks/request-id.js';
import { securityHeaders } from '../hooks/security-headers.js';
import { HOST } from '../hooks/well-formed.js';
import { clientKey, UNKNOWN_CLIENT } from '../rate-limit/client-key.js';
import type { RateLimiter } from '../rate-limit/rate-limiter.js';
import { createHomepageParameters, variablesOf } from '../rest/homepage-parameters.js';
import { operationNamed } from '../rest/persisted-homepage.js';
import { prepareHomepage } from '../rest/prepare-homepage.js';
import { createSparseFields } from '../rest/sparse-fields.js';
import type { GraphqlShortWay } from '../routes/graphql-route.js';
import { createClientAddress } from './client-address.js';
import { createHotListener, type HotAnswer } from './hot-listener.js';
import { createHotOperations, type HotOperation } from './hot-operations.js';
import { traceHotAnswer } from './hot-trace.js';
import { createPlainReader } from './plain-request.js';
import { remember } from './remember.js';

/** What every answer of a path varies by: `/graphql` is a page for browsers and JSON for everything else. */
const vary = { rest: 'origin', graphql: 'origin, accept' };

export interface ShortWay extends GraphqlShortWay {
  listener: (request: IncomingMessage, response: ServerResponse, handOn: RequestListener) => void;
}

/** Wires the short way of pages, see `hot-listener.ts`. */
export function createShortWay(options: {
  registry: readonly Section[];
  schema: GraphQLSchema;
  operations: Operations;
  source: SectionSource;
  views: ViewCounter;
  authenticator: Authenticator;
  limiter: RateLimiter | undefined;
  config: Pick<Config, 'production' | 'http'>;
  draining: () => boolean;
  /** Is told of every answer. */
  onAnswered: (answer: Answered) => void;
  tracer: Tracer | undefined;
  /** For the renewals of one answer. */
  newLoaders: () => ReferenceLoaders;
  clock: Clock;
}): ShortWay {
  const { registry, schema, operations, source, views, authenticator, limiter, config, draining, clock } = options;
  const { onAnswered, tracer, newLoaders } = options;
  const { corsOrigins, trustProxy } = config.http;
  const preparer = createPagePreparer({ schema, registry });
  const operation = operationNamed(operations, 'Homepage');
  const readParameters = createHomepageParameters({
    registry,
    sparseFields: createSparseFields({ operation, registry }),
  });
  const share = createPartSharing();
  let prepared = 0;
  const finished = (
    { pages, parts }: { pages: readonly PreparedPage[]; parts: readonly Part[] },
    rest: Pick<HotOperation, 'cost' | 'vary' | 'userId'>,
  ): HotOperation => {
    prepared += 1;
    const sections = registry.filter((section) => pages.some((page: PreparedPage) => page.sections.includes(section)));
    const logged = Object.fromEntries(sections.map(({ id }) => [id, 'success'] as const));
    return { id: prepared, pages, ...share(parts), cacheTag: cacheTag(sections), logged, ...rest };
  };

  const hot = createHotOperations({
    prepareSearch: (search) => {
      const parameters = readParameters(search);
      const page = prepareHomepage({ parameters, variables: variablesOf(parameters), operation, preparer, registry });
      return page && finished(page, { cost: 1, vary: vary.rest, userId: parameters.userId });
    },
  });
  const addressOf = createClientAddress(trustProxy);
  const keyOf = remember(clientKey);
  const clientOf = (request: IncomingMessage, viewer: Viewer | undefined): string => {
    if (viewer !== undefined) return `u:${viewer.userId}`;
    const key = keyOf(addressOf(request));
    // What was forwarded is no address.
    return key === UNKNOWN_CLIENT ? keyOf(request.socket.remoteAddress ?? '') : key;
  };
  return {
    keptBody: hot.keptBody,
    learn: (request, executed, cost) => {
      const page = preparer.prepare(executed);
      if (page !== undefined) hot.learn(request, finished(page, { cost, vary: vary.graphql }));
    },
    listener: createHotListener({
      operations: hot,
      pages: createPreparedPages({
        ...{ source, views, newLoaders, clock },
        writer: createPageWriter({ fragments: createFragments() }),
      }),
      readPlain: createPlainReader({
        isHost: (host) => HOST.test(host),
        isRequestId: (id) => REQUEST_ID.test(id),
        isAllowedOrigin: originMatcher(corsOrigins),
        rememberedViewer: authenticator.remembered,
      }),
      clientOf,
      newRequestId: createRequestIds(),
      staticHeaders: Object.entries(securityHeaders(config)).flat(),
      ...{ limiter, draining, clock },
      onAnswer: (answer) => onAnswered(new HotAnswered(answer, addressOf, tracer)),
    }),
  };
}

/**
 * What an answer tells logs and metrics, read by those who want it only: most of it costs something. A class, since an object
 * literal with getters takes longer to make than the rest of an answer's bookkeeping.
 */
class HotAnswered implements Answered {
  readonly requestId: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly isPartial = false;
  readonly span: Span | undefined;
  readonly #answer: HotAnswer;
  readonly #addressOf: (request: IncomingMessage) => string;

  constructor(answer: HotAnswer, addressOf: (request: IncomingMessage) => string, tracer: Tracer | undefined) {
    const { request, response, requestId, arrivedAt } = answer;
    this.requestId = requestId;
    this.method = request.method ?? 'GET';
    this.route = request.url?.startsWith('/graphql') ? '/graphql' : '/api/v1/homepage';
    this.status = response.statusCode;
    this.durationMs = performance.now() - arrivedAt;
    this.span = tracer === undefined ? undefined : traceHotAnswer(tracer, answer, this.route);
    this.#answer = answer;
    this.#addressOf = addressOf;
  }

  get path() {
    return this.route;
  }

  get client() {
    return this.#addressOf(this.#answer.request);
  }

  get page() {
    const { operation, viewer } = this.#answer;
    return { userId: viewer?.userId, cacheHit: true, sections: operation.logged };
  }
}
