export type Severity = 'low' | 'medium' | 'high';

/** What went wrong, for clients. The first five belong to sections, the others to whole requests. */
export type ErrorCode =
  | 'SECTION_FETCH_ERROR'
  | 'TIMEOUT_ERROR'
  | 'CACHE_ERROR'
  | 'DB_CONNECTION_ERROR'
  | 'VALIDATION_ERROR'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'RATE_LIMITED'
  | 'OVERLOADED'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL_ERROR';

interface ErrorTraits {
  /** HTTP status when the whole request fails with it. */
  status: number;
  severity: Severity;
  /** Whether the same request may succeed a little later. */
  retryable: boolean;
}

const traits: Record<ErrorCode, ErrorTraits> = {
  SECTION_FETCH_ERROR: { status: 500, severity: 'medium', retryable: true },
  TIMEOUT_ERROR: { status: 500, severity: 'medium', retryable: true },
  CACHE_ERROR: { status: 500, severity: 'low', retryable: true },
  DB_CONNECTION_ERROR: { status: 503, severity: 'high', retryable: true },
  VALIDATION_ERROR: { status: 400, severity: 'low', retryable: false },
  UNAUTHENTICATED: { status: 401, severity: 'low', retryable: false },
  FORBIDDEN: { status: 403, severity: 'low', retryable: false },
  RATE_LIMITED: { status: 429, severity: 'low', retryable: true },
  OVERLOADED: { status: 503, severity: 'medium', retryable: true },
  SERVICE_UNAVAILABLE: { status: 503, severity: 'medium', retryable: true },
  INTERNAL_ERROR: { status: 500, severity: 'high', retryable: false },
};

/** Every code that a client may see. */
export const errorCodes = Object.keys(traits) as readonly ErrorCode[];

interface AppErrorOptions extends ErrorOptions {
  /** Id of the section that failed, as in the REST answer: `trending_stores`. */
  section?: string;
  /** When it happened, milliseconds since the epoch; now when left out. */
  at?: number;
  /** More for the client, copied into `extensions` and the envelope: `parameter`, `allowed`. */
  details?: Readonly<Record<string, unknown>>;
}

/** The error that the gateway throws. Clients see its message; internals belong into `cause`, which they never see. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly severity: Severity;
  readonly retryable: boolean;
  readonly status: number;
  readonly section: string | undefined;
  readonly timestamp: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.severity = traits[code].severity;
    this.retryable = traits[code].retryable;
    this.status = traits[code].status;
    this.section = options.section;
    this.timestamp = new Date(options.at ?? Date.now()).toISOString();
    this.details = options.details ?? {};
  }

  /** GraphQL copies this into the error that a client sees (GraphQL specification, section 7.1.2). */
  get extensions(): Record<string, unknown> {
    return {
      code: this.code,
      ...(this.section === undefined ? {} : { section: this.section }),
      severity: this.severity,
      timestamp: this.timestamp,
      retryable: this.retryable,
      ...this.details,
    };
  }
}

/** All bad inputs of one request, so that its answer lists every one at once. */
export class ValidationErrors extends AppError {
  readonly faults: readonly AppError[];

  constructor(faults: readonly AppError[]) {
    super('VALIDATION_ERROR', faults.map((fault) => fault.message).join('; '), {
      details: { faults: faults.map((fault) => ({ message: fault.message, ...fault.details })) },
    });
    this.faults = faults;
  }
}

/** Seconds for `Retry-After` (RFC 9110, 10.2.3) when the gateway cannot serve. */
export const RETRY_AFTER_SECONDS = 5;
