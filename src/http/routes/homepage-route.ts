import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../../core/clock.js';
import { type AppError, RETRY_AFTER_SECONDS } from '../../core/errors.js';
import type { GraphqlContext } from '../../graphql/context.js';
import type { Executor } from '../../graphql/operations/executor.js';
import type { Operations } from '../../graphql/operations/operations.js';
import type { Homepage, PageAnalytics, PageMetadata } from '../../page/homepage.js';
import { pageKey } from '../../page/page-key.js';
import type { SectionView } from '../../page/section-view.js';
import { wholeFailure } from '../../page/whole-failure.js';
import { authorizeUser } from '../auth/authenticator.js';
import { cacheHeaders } from '../hooks/cache-headers.js';
import { restContent } from '../hooks/etag-content.js';
import { emptySection, failureEnvelope, fromGraphqlErrors, successEnvelope } from '../rest/envelope.js';
import { createHomepageParameters, variablesOf } from '../rest/homepage-parameters.js';
import { operationNamed, searchOf } from '../rest/persisted-homepage.js';
import { createReshape, restSection } from '../rest/reshape.js';
import { createSparseFields } from '../rest/sparse-fields.js';
import type { OpenRequest } from './open-request.js';

/** The `homepage` field of an executed operation. */
type Page = Readonly<Record<string, SectionView | null>> & { metadata: PageMetadata; analytics?: PageAnalytics | null };

export interface HomepageRouteOptions {
  homepage: Homepage;
  executor: Executor;
  operations: Operations;
  openRequest: OpenRequest;
  clock: Clock;
}

/** `GET /api/v1/homepage`: executes the persisted `Homepage` operation and reshapes its result. */
export function homepageRoute(server: FastifyInstance, options: HomepageRouteOptions): void {
  const { homepage, executor, operations, openRequest, clock } = options;
  const { registry } = homepage;
  const operation = operationNamed(operations, 'Homepage');
  const reshape = createReshape(registry);
  const readParameters = createHomepageParameters({
    registry,
    sparseFields: createSparseFields({ operation, registry }),
  });

  server.get('/api/v1/homepage', async (request, reply) => {
    homepage.requireEnabled();
    const parameters = readParameters(searchOf(request));
    const scope = await openRequest(request, reply, { fresh: parameters.fresh });
    authorizeUser(scope.viewer, parameters.userId);
    const { sections, limit, near, fields, includeAnalytics, fallback } = parameters;
    const context: GraphqlContext = { homepage, scope };
    const { data, errors } = await executor.execute({
      document: fields?.document ?? operation,
      context,
      variables: variablesOf(parameters),
    });
    if (data == null) throw errors?.[0]?.originalError ?? errors?.[0];

    const page = data['homepage'] as Page;
    const { timestamp, userId, cacheKey: _, sections: statuses, ...metadata } = page.metadata;
    const key = {
      ...{ viewer: scope.viewer, sections, registry, limit, near, analytics: includeAnalytics },
      ...{ fields: fields?.paths, fallback },
    };
    const body = {
      sections: Object.fromEntries(
        sections.map((section) => {
          const executed = page[section.key];
          const failed = fallback === 'empty' ? emptySection(section, clock.now()) : null;
          return [section.key, executed == null ? failed : restSection(section, executed)];
        }),
      ),
      metadata: {
        timestamp,
        ...(userId === null ? {} : { userId }),
        cacheKey: pageKey(key),
        ...metadata,
        sections: reshape.statuses(statuses),
      },
      ...(page.analytics == null ? {} : { analytics: reshape.analytics(page.analytics) }),
    };
    const failures = fromGraphqlErrors(
      errors,
      sections.map(({ id }) => id),
    );
    const content = restContent({ sections: body.sections, errors: failures, analytics: page.analytics });
    reply.headers(cacheHeaders({ scope, registry, content }));
    return sendPage(reply, body, wholeFailure(scope.outcomes), failures);
  });
}

function sendPage(
  reply: FastifyReply,
  body: object,
  failure: AppError | undefined,
  errors: ReturnType<typeof fromGraphqlErrors>,
) {
  if (failure === undefined) return successEnvelope(body, errors);
  if (failure.status === 503) {
    reply.code(503).header('retry-after', RETRY_AFTER_SECONDS);
    const overloaded = failure.code === 'OVERLOADED';
    return failureEnvelope(overloaded ? 'The gateway is overloaded' : 'The database is unavailable', errors, body);
  }
  reply.code(500);
  return failureEnvelope('Every section failed', errors, body);
}
