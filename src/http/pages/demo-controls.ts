import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { InvalidationMode } from '../../cache/invalidation-log.js';
import { ValidationErrors } from '../../core/errors.js';
import type { CollectionName } from '../../database/models/collections.js';
import { sectionTag } from '../../page/tags.js';
import type { Section } from '../../sections/define-section.js';
import { parameterFault } from '../rest/parameters.js';

/** What the demo database does to reads of one collection. */
export type DemoFault = { collection: CollectionName; kind: 'fails' | 'slow' };

export interface DemoControls {
  user: { userId: string; token: string };
  places: readonly { name: string; lng: number; lat: number }[];
  /** From now on; `undefined` heals it. */
  setFault(fault: DemoFault | undefined): Promise<void>;
}

const kinds = ['failing', 'stale', 'slow'] as const;

/** `GET /demo` and `POST /demo/fault`: what the shop's page lets people try with the demo database. There is none but with that. */
export function demoControls(
  server: FastifyInstance,
  options: {
    demo: DemoControls;
    registry: readonly Section[];
    invalidate: (tags: readonly string[], mode: InvalidationMode) => Promise<unknown>;
  },
): void {
  const { demo, registry, invalidate } = options;
  const { user, places } = demo;
  const body = z.object({ section: z.enum(registry.map(({ key }) => key)), kind: z.enum(kinds) });
  server.get('/demo', async () => ({ user, places, faults: kinds }));
  server.post('/demo/fault', async (request) => {
    await demo.setFault(undefined);
    if (typeof request.body === 'object' && Object.keys(request.body ?? {}).length === 0) return { success: true };
    const parsed = body.safeParse(request.body);
    if (!parsed.success) {
      throw new ValidationErrors([
        parameterFault(
          'body',
          'is no fault',
          `{} or { "section": "${registry[0]?.key}", "kind": "${kinds.join('" | "')}" }`,
        ),
      ]);
    }
    const { section: key, kind } = parsed.data;
    const section = registry.find((one) => one.key === key);
    if (section === undefined) return { success: true };
    const { collection } = section.item;
    await demo.setFault({ collection, kind: kind === 'slow' ? 'slow' : 'fails' });
    // A copy that is held serves while the database fails, unless it is forbidden.
    await invalidate([sectionTag(section.id)], kind === 'stale' ? 'soft' : 'hard');
    return { success: true };
  });
}
