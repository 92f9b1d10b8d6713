import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../core/clock.js';
import type { Span } from '../../core/tracer.js';
import type { RequestScope } from '../../page/homepage.js';
import { isFromCache } from '../../page/outcome.js';
import { pathOf } from './failure-answers.js';
import { spanOf } from './traced-requests.js';

/** What of a page an answer holds, for its log line. */
export interface AnsweredPage {
  readonly userId: string | undefined;
  /** Whether no section was read for this request. */
  readonly cacheHit: boolean;
  /** By section id. */
  readonly sections: Readonly<Record<string, 'success' | 'failed'>>;
}

/** An answer that has been sent, on either way; for logs and metrics. */
export interface Answered {
  readonly requestId: string;
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  /** The route's pattern; `other` when there is none. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  /** The client's address, behind trusted proxies what they say. */
  readonly client: string;
  /** Whether a section of its page failed. */
  readonly isPartial: boolean;
  readonly page: AnsweredPage | undefined;
  /** Where it is traced; ended by who is told of the answer. */
  readonly span: Span | undefined;
}

const scopes = Symbol('page scope');
type WithScope = FastifyRequest & { [scopes]?: RequestScope };

/** The page that a request asks for, so that its answer can tell what became of it. */
export const rememberScope = (request: WithScope, scope: RequestScope): void => {
  request[scopes] = scope;
};

/** Tells of every answer that the server's own routes have sent. */
export function tellAnswers(
  server: FastifyInstance,
  options: { clock: Clock; onAnswered: (answer: Answered) => void },
): void {
  const { clock, onAnswered } = options;
  server.addHook('onResponse', async (request: WithScope, reply) => {
    const scope = request[scopes];
    onAnswered({
      requestId: request.id,
      method: request.method,
      path: pathOf(request),
      route: request.routeOptions.url ?? 'other',
      status: reply.statusCode,
      durationMs: scope === undefined ? reply.elapsedTime : clock.now() - scope.startedAt,
      client: request.ip,
      isPartial: scope?.outcomes.some(({ error }) => error !== undefined) ?? false,
      span: spanOf(request),
      page: scope === undefined || scope.outcomes.length === 0 ? undefined : pageOf(scope),
    });
  });
}

function pageOf({ viewer, outcomes }: RequestScope): AnsweredPage {
  return {
    userId: viewer?.userId,
    cacheHit: isFromCache(outcomes),
    sections: Object.fromEntries(outcomes.map(({ section, error }) => [section, error ? 'failed' : 'success'])),
  };
}
