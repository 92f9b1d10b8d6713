import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Executor } from '../../graphql/operations/executor.js';
import type { Operations } from '../../graphql/operations/operations.js';
import type { Homepage, SectionView } from '../../page/homepage.js';
import { cacheHeaders } from '../hooks/cache-headers.js';
import { listParameters } from '../rest/homepage-parameters.js';
import { operationNamed, searchOf } from '../rest/operation.js';
import { booleanParameter, parameterFault, parseQuery, refuseFaults } from '../rest/parameters.js';
import type { OpenRequest } from './open-request.js';

/** What the batch endpoint replaces, and the operation that each executes (seed 7.1). */
const endpoints = [
  { path: '/products/featured', operation: 'FeaturedProducts', field: 'featuredProducts', located: false },
  { path: '/products/new-arrivals', operation: 'NewArrivals', field: 'newArrivals', located: false },
  { path: '/stores/featured', operation: 'FeaturedStores', field: 'featuredStores', located: true },
  { path: '/events/featured', operation: 'FeaturedEvents', field: 'featuredEvents', located: true },
  { path: '/offers', operation: 'Offers', field: 'offers', located: false },
] as const;

const offerParameters = { featured: booleanParameter, flashSale: booleanParameter };

export interface LegacyRoutesOptions {
  homepage: Homepage;
  executor: Executor;
  operations: Operations;
  openRequest: OpenRequest;
  /** When the endpoints go away (`LEGACY_SUNSET`); nothing is said about it without. */
  sunset: Date | undefined;
}

/** The older endpoints, kept for migration, under both prefixes: `{ success, data: [items], total, hasMore }`. */
export function legacyRoutes(server: FastifyInstance, options: LegacyRoutesOptions): void {
  const { homepage, executor, operations, openRequest, sunset } = options;
  for (const { path, operation, field, located } of endpoints) {
    const document = operationNamed(operations, operation);
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      announceSunset(reply, sunset);
      const { limit, location, fresh, flashSale } = readParameters(searchOf(request), path === '/offers');
      const scope = await openRequest(request, reply, { fresh });
      const { data, errors } = await executor.execute({
        document,
        context: { homepage, scope },
        variables: {
          ...(limit === undefined ? {} : { limit }),
          ...(fresh === undefined ? {} : { fresh }),
          ...(flashSale === undefined ? {} : { flashSale }),
          ...(location !== undefined && located ? { location, located: true } : {}),
        },
      });
      const section = data?.[field] as SectionView | null | undefined;
      if (section == null) throw errors?.[0]?.originalError ?? errors?.[0];
      const body = { success: true, data: section.items, total: section.total, hasMore: section.hasMore };
      reply.headers(cacheHeaders({ scope, registry: homepage.registry, content: body }));
      return body;
    };
    server.get(path, handler);
    server.get(`/api/v1${path}`, handler);
  }
}

function readParameters(search: string, isOffers: boolean) {
  const known: typeof listParameters & Partial<typeof offerParameters> = isOffers
    ? { ...listParameters, ...offerParameters }
    : listParameters;
  const { values, faults } = parseQuery(search, known as typeof listParameters & typeof offerParameters);
  const { featured, flashSale } = values;
  const either = 'featured=true or flashSale=true';
  if (featured === true && flashSale === true) faults.push(parameterFault('flashSale', 'given with featured', either));
  if (featured === false && flashSale !== true) faults.push(parameterFault('featured', 'no such list', either));
  refuseFaults(faults);
  return values;
}

/** RFC 9745, RFC 8594 and the successor that clients should move to (RFC 5829). */
function announceSunset(reply: FastifyReply, sunset: Date | undefined): void {
  if (sunset === undefined) return;
  reply.header('deprecation', `@${Math.floor(sunset.getTime() / 1000)}`);
  reply.header('sunset', sunset.toUTCString());
  reply.header('link', '</api/v1/homepage>; rel="successor-version"');
}
