import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Executor } from '../../graphql/operations/executor.js';
import { olderLists } from '../../graphql/operations/older-lists.js';
import type { Operations } from '../../graphql/operations/operations.js';
import type { Homepage } from '../../page/homepage.js';
import type { SectionView } from '../../page/section-view.js';
import { cacheHeaders } from '../hooks/cache-headers.js';
import { listParameters } from '../rest/homepage-parameters.js';
import { booleanParameter, parameterFault, parseQuery, refuseFaults } from '../rest/parameters.js';
import { operationNamed, searchOf } from '../rest/persisted-homepage.js';
import type { OpenRequest } from './open-request.js';

/** The parameters of a list that serves another section with `flashSale`; `featured` asks for the first one. */
export const flashSaleParameters = { featured: booleanParameter, flashSale: booleanParameter };

export interface LegacyRoutesOptions {
  homepage: Homepage;
  executor: Executor;
  operations: Operations;
  openRequest: OpenRequest;
  /** When the endpoints go away (`LEGACY_SUNSET`); nothing is said about it without. */
  sunset: Date | undefined;
}

/** The endpoints of the older lists, with and without `/api/v1`: `{ success, data: [items], total, hasMore }`. */
export function legacyRoutes(server: FastifyInstance, options: LegacyRoutesOptions): void {
  const { homepage, executor, operations, openRequest, sunset } = options;
  for (const list of olderLists) {
    const { path, field } = list;
    const document = operationNamed(operations, list.operation);
    const isLocated = list.section.located !== undefined;
    const hasFlashSales = list.flashSale !== undefined;
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      announceSunset(reply, sunset);
      const { limit, location, fresh, flashSale } = readParameters(searchOf(request), hasFlashSales);
      const scope = await openRequest(request, reply, { fresh });
      const { data, errors } = await executor.execute({
        document,
        context: { homepage, scope },
        variables: {
          ...(limit === undefined ? {} : { limit }),
          ...(fresh === undefined ? {} : { fresh }),
          ...(flashSale === undefined ? {} : { flashSale }),
          ...(location !== undefined && isLocated ? { location, located: true } : {}),
        },
      });
      const section = data?.[field] as SectionView | null | undefined;
      if (section == null) throw errors?.[0]?.originalError ?? errors?.[0];
      const body = { success: true, data: section.items, total: section.total, hasMore: section.hasMore };
      reply.headers(cacheHeaders({ scope, registry: homepage.registry, content: JSON.stringify(body) }));
      return body;
    };
    server.get(path, handler);
    server.get(`/api/v1${path}`, handler);
  }
}

/** @throws ValidationErrors listing every bad parameter, with what is allowed */
function readParameters(search: string, hasFlashSales: boolean) {
  const none: Partial<typeof flashSaleParameters> = {};
  const { values, faults } = parseQuery(search, { ...listParameters, ...(hasFlashSales ? flashSaleParameters : none) });
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
