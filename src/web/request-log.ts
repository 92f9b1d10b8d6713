export interface SentRequest {
  id: number;
  label: string;
  status: number | undefined;
  /** Milliseconds; undefined while it is under way. */
  ms: number | undefined;
  bytes: number;
}

/** Requests kept for the panel. */
const MAX_KEPT = 40;

/** A `fetch` whose requests can be watched. */
export function createRequestLog() {
  let requests: readonly SentRequest[] = [];
  let lastId = 0;
  const listeners = new Set<() => void>();
  const change = (next: readonly SentRequest[]) => {
    requests = next.slice(-MAX_KEPT);
    for (const listener of listeners) listener();
  };
  const update = (id: number, changes: Partial<SentRequest>) =>
    change(requests.map((request) => (request.id === id ? { ...request, ...changes } : request)));

  const watched: typeof fetch = async (input, init) => {
    lastId += 1;
    const id = lastId;
    const { pathname, search } = new URL(String(input), location.href);
    const query = search.length > 60 ? `${search.slice(0, 60)}…` : search;
    const label = `${init?.method ?? 'GET'} ${pathname}${decodeURIComponent(query)}`;
    change([...requests, { id, label, status: undefined, ms: undefined, bytes: 0 }]);
    const startedAt = performance.now();
    try {
      // A browser that asks by its own ETag shows the metadata of the answer that it holds: how old a section was then.
      const response = await fetch(input, { ...init, cache: 'no-store' });
      const body = await response.clone().arrayBuffer();
      update(id, { status: response.status, ms: performance.now() - startedAt, bytes: body.byteLength });
      return response;
    } catch (error) {
      update(id, { ms: performance.now() - startedAt });
      throw error;
    }
  };
  return {
    fetch: watched,
    requests: () => requests,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

export type RequestLog = ReturnType<typeof createRequestLog>;
