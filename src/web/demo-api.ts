import type { SectionKey } from '../client/homepage-client.js';

/** What the gateway tells of its demo; without one there are no users, places and faults to choose from. */
export interface Demo {
  user: { userId: string; token: string } | null;
  places: readonly { name: string; lng: number; lat: number }[];
  faults: readonly FaultKind[];
}

export type FaultKind = 'failing' | 'stale' | 'slow';

const none: Demo = { user: null, places: [], faults: [] };

export async function readDemo(): Promise<Demo> {
  const response = await fetch('/demo').catch(() => undefined);
  return response?.ok ? ((await response.json()) as Demo) : none;
}

/** Makes a section of the demo database fail, from now on; `undefined` heals it. */
export async function setFault(fault: { section: SectionKey; kind: FaultKind } | undefined): Promise<void> {
  await fetch('/demo/fault', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault ?? {}),
  });
}
