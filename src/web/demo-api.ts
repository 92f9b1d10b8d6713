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

const post = (fault: object) =>
  fetch('/demo/fault', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });

type Fault = { section: SectionKey; kind: FaultKind } | undefined;

let making = Promise.resolve();

/** Makes a section of the demo database fail, from now on; `undefined` heals it. One after the other: the last choice holds. */
export function setFault(fault: Fault): Promise<void> {
  making = making.then(() => make(fault));
  return making;
}

async function make(fault: Fault): Promise<void> {
  // An old copy is held only of what was read: a fault before this one may have left nothing.
  if (fault?.kind === 'stale') {
    await post({});
    await readOnce(fault.section);
  }
  await post(fault ?? {});
}

const TRIES = 10;
/** A failed load is remembered for about a second. */
const AGAIN_MS = 300;

async function readOnce(section: SectionKey): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const response = await fetch('/api/v1/homepage', { cache: 'no-store' });
    const { data } = (await response.json()) as { data?: { sections: Record<string, object | null> } };
    if (data?.sections[section]) return;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
