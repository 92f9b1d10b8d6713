/** One request. With `raw` these bytes (latin1) are sent unchanged, and only `origin` counts beside them. */
export interface Ask {
  origin: string;
  path?: string;
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  raw?: string;
  /** Half-closes the connection after the raw bytes, so that the gateway does not wait for the rest of a broken request. */
  halfClose?: boolean;
}

/** What a load process does: the requests in turn, at a fixed rate (open loop) or over a number of connections (closed loop). */
export interface Plan {
  asks: readonly Ask[];
  pace: { perSecond: number; forMs: number } | { connections: number; count: number };
  /** Reports the bodies of answers too. */
  keepBody?: boolean;
  /** Origins that a refused client tries next, in turn (503 with `connection: close`, or no connection). */
  failover?: readonly string[];
}

/** What a REST page says about its sections. */
export interface PageFacts {
  /** By section id: FRESH, CACHED, STALE or FAILED. */
  statuses: Record<string, string>;
  durations: Record<string, number>;
  /** Keys of the sections that are null. */
  missing: string[];
  errors: { section?: string; code: string }[];
}

/** How one request went. */
export interface Sample {
  /** Index of the request in the plan. */
  index: number;
  origin: string;
  /** When it was sent, milliseconds since the epoch; `tookMs` is its duration. */
  askedAt: number;
  tookMs: number;
  /** 0 without a complete answer. */
  status: number;
  /** Why there was no answer. */
  failure?: string;
  headers: Record<string, string>;
  page?: PageFacts;
  body?: string;
  /** How many gateways refused it before one answered. */
  refusals?: number;
}

/** From the drill to its load process, and back. */
export type Order = { plan: Plan; id: number } | 'stop';
export type Report = { id: number; samples: Sample[]; done: boolean };
