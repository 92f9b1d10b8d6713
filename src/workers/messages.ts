import { z } from 'zod';

/** What a worker tells the primary process. */
export const fromWorker = z.discriminatedUnion('kind', [
  /** It serves; `line` says where. */
  z.object({ kind: z.literal('serving'), line: z.string() }),
  z.object({ kind: z.literal('metrics asked'), id: z.number() }),
]);
export type FromWorker = z.infer<typeof fromWorker>;

/** What the primary process tells a worker. */
export const toWorker = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('end'), signal: z.enum(['SIGTERM', 'SIGINT']) }),
  /** Of all workers; without a text they could not be had. */
  z.object({ kind: z.literal('metrics'), id: z.number(), text: z.string().optional() }),
]);
export type ToWorker = z.infer<typeof toWorker>;
