/** One request. With `raw` its bytes (latin1) are sent as they are; the rest but `origin` is then without effect. */
export interface Ask {
  origin: string;
  path?: string;
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  raw?: string;
  /** Nothing follows the raw bytes, and the gateway is told so: it need not wait for the rest of a broken request. */
  halfClose?: boolean;
}

/** What a load process does: the requests in turn, so many a second whatever becomes of them, or so many at a time. */
export interface Plan {
  asks: readonly Ask[];
  pace: { perSecond: number; forMs: number } | { connections: number; count: number };
  /** Answers' bodies are wanted. */
  keepBody?: boolean;
  /** Where a client goes on, in turn, when a gateway refuses it (503 with `connection: close`, or no connection). */
  failover?: readonly string[];
}

/** What a REST page says of its sections. */
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
  /** Which of the plan's requests. */
  index: number;
  origin: string;
  /** Milliseconds since the epoch, and how many it took. */
  askedAt: number;
  tookMs: number;
  /** 0: no answer, or not a whole one. */
  status: number;
  /** Why there was no answer. */
  failure?: string;
  headers: Record<string, string>;
  page?: PageFacts;
  body?: string;
  /** How many gateways had refused it before. */
  refusals?: number;
}

/** From the drill to its load process, and back. */
export type Order = { plan: Plan; id: number } | 'stop';
export type Report = { id: number; samples: Sample[]; done: boolean };
