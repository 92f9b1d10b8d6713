/** What a span says of its work: ids of sections, names of collections, counts. Never keys, users, places or values of filters. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | string[]>>;

/** One piece of work in a trace. */
export interface Span {
  /** The id of its trace; undefined when the trace is not recorded, so that nothing of it will be found. */
  readonly traceId: string | undefined;
  set(attributes: SpanAttributes): void;
  /** Points to work that this one waits for and that belongs to another request. */
  link(to: Span): void;
  /** Runs work whose spans are children of this one, however long it takes. */
  within<Result>(work: () => Result): Result;
  /** What it failed with. */
  fail(error: unknown): void;
  end(): void;
}

export interface SpanOptions {
  /** What calls another server, as against work of this process. */
  kind?: 'client';
  /** By `performance.now()`; now when left out. */
  startedAt?: number;
}

/** Records traces. Where nothing is traced there is none: every part takes `undefined` for it, and does nothing more. */
export interface Tracer {
  /** The span within which the caller runs. */
  active(): Span | undefined;
  /** Begins a child of the active span. Without one, nothing is recorded. */
  start(name: string, attributes: SpanAttributes, options?: SpanOptions): Span;
  /** Begins a trace of work that no request waits for. */
  startApart(name: string, attributes: SpanAttributes): Span;
  /** Begins the span of a request that came in, in the trace that its `traceparent` names, if it has one (W3C Trace Context). */
  startRequest(
    name: string,
    attributes: SpanAttributes,
    request: { headers: Readonly<Record<string, string | string[] | undefined>>; startedAt?: number },
  ): Span;
  /** What an outgoing request carries to continue the active trace. */
  headers(): Record<string, string>;
}

/** Does some work in a span of its own, which ends with it and fails with it. */
export function traced<Result>(
  tracer: Tracer | undefined,
  name: string,
  attributes: SpanAttributes,
  work: (span: Span | undefined) => Promise<Result>,
  options?: SpanOptions,
): Promise<Result> {
  if (tracer === undefined) return work(undefined);
  const span = tracer.start(name, attributes, options);
  return span.within(async () => {
    try {
      return await work(span);
    } catch (error) {
      span.fail(error);
      throw error;
    } finally {
      span.end();
    }
  });
}
