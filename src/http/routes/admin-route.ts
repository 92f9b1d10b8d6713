import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { InvalidationMode } from '../../cache/invalidation-log.js';
import { AppError, ValidationErrors } from '../../core/errors.js';
import { OBJECT_ID_DIGITS } from '../../core/object-id.js';
import { didYouMean } from '../../core/suggestion.js';
import { collectionNames } from '../../database/models/collections.js';
import { collectionTag, entityNames, sectionTag } from '../../page/tags.js';
import type { Section } from '../../sections/define-section.js';
import { isBearer } from '../auth/is-bearer.js';
import { successEnvelope } from '../rest/envelope.js';
import { parameterFault } from '../rest/parameters.js';

const MAX_TAGS = 1000;
/** Bad tags of which an answer speaks. */
const MAX_FAULTS = 10;
const body = z.object({
  tags: z.array(z.string()).min(1).max(MAX_TAGS),
  mode: z.enum(['soft', 'hard']).default('soft'),
});

/** `GET /admin/status` and `POST /admin/invalidate { tags, mode }`; without `ADMIN_TOKEN` there are no such routes. */
export function adminRoute(
  server: FastifyInstance,
  options: {
    token: string | undefined;
    registry: readonly Section[];
    invalidate: (tags: readonly string[], mode: InvalidationMode) => Promise<{ shared: boolean }>;
    /** What an operator looks at first. */
    status: () => Readonly<Record<string, unknown>>;
  },
): void {
  const { token, registry, invalidate, status } = options;
  if (token === undefined) return;
  const fixed = [...registry.map(({ id }) => sectionTag(id)), ...collectionNames.map(collectionTag)];
  /** Ids are understood in both spellings, as everywhere on input. */
  const spellings = new Map(
    registry.flatMap(({ id, key, snakeCase }) => [key, snakeCase].map((name) => [sectionTag(name), sectionTag(id)])),
  );
  const ofOne = new RegExp(`^(${[...Object.values(entityNames), 'user'].join('|')}):${OBJECT_ID_DIGITS}$`);
  const allowed = `${fixed.join(', ')}, ${Object.values(entityNames).join(':<id>, ')}:<id>, user:<id>`;

  const requireToken = ({ headers }: FastifyRequest) => {
    if (!isBearer(headers.authorization, token)) throw new AppError('UNAUTHENTICATED', 'This needs the admin token');
  };
  server.get('/admin/status', async (request) => {
    requireToken(request);
    return successEnvelope(status());
  });

  server.post('/admin/invalidate', async (request, reply) => {
    requireToken(request);
    const parsed = body.safeParse(request.body);
    if (!parsed.success) {
      const faults = parsed.error.issues.map(({ path, message }) =>
        parameterFault(path.join('.') || 'body', message, '{ "tags": ["collection:offers"], "mode": "soft" | "hard" }'),
      );
      throw new ValidationErrors(faults);
    }
    const { mode } = parsed.data;
    const tags = parsed.data.tags.map((tag) => spellings.get(tag) ?? tag);
    const unknown = tags.filter((tag) => !fixed.includes(tag) && !ofOne.test(tag));
    if (unknown.length > 0) {
      throw new ValidationErrors(
        unknown
          .slice(0, MAX_FAULTS)
          .map((tag) => parameterFault('tags', `"${tag.slice(0, 100)}" is no tag${didYouMean(tag, fixed)}`, allowed)),
      );
    }
    const { shared } = await invalidate([...new Set(tags)], mode);
    // It holds here; the other processes get it as soon as Redis takes it.
    if (!shared) reply.code(202);
    return successEnvelope({ tags, mode, shared });
  });
}
