import { type Gateway, sendInvalidation } from '../../test/support/servers/process-fixture.js';

/** When the oldest section of a gateway's page was read, milliseconds since the epoch. 0 when one is missing. */
export async function lastUpdatedOf(gateway: Gateway, query = ''): Promise<number> {
  const { sections } = await gateway.page(query);
  const times = Object.values(sections).map((section) => (section === null ? 0 : Date.parse(section.lastUpdated)));
  return times.length === 0 ? 0 : Math.min(...times);
}

/** Forbids every section of a gateway by its admin route. Resolves with the status: 202 when Redis could not take it. */
export async function invalidateAll({ origin }: Gateway): Promise<number> {
  const response = await sendInvalidation(origin, 'hard');
  if (!response.ok) throw new Error(`invalidate: ${response.status} ${await response.text()}`);
  return response.status;
}
