import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { AppError } from '../../core/errors.js';
import type { Span, SpanAttributes, Tracer } from '../../core/tracer.js';

/** Stands for every span of a trace that is not recorded, its first one excepted: that carries the decision to what it calls. */
const unrecorded: Span = {
  traceId: undefined,
  set: () => undefined,
  link: () => undefined,
  within: (work) => work(),
  fail: () => undefined,
  end: () => undefined,
};

const linkable = (span: OtelSpan) => trace.isSpanContextValid(span.spanContext()) && span.isRecording();

/** The gateway's tracer on OpenTelemetry's. The active span is kept here and not in OpenTelemetry's globals, of which a process has one set. */
export function createOtelTracer(tracer: OtelTracer): Tracer {
  const storage = new AsyncLocalStorage<RecordedSpan>();
  const propagator = new W3CTraceContextPropagator();

  class RecordedSpan implements Span {
    readonly traceId: string | undefined;
    readonly context: Context;

    constructor(
      readonly inner: OtelSpan,
      within: Context,
    ) {
      this.traceId = inner.isRecording() ? inner.spanContext().traceId : undefined;
      this.context = trace.setSpan(within, inner);
    }

    set(attributes: SpanAttributes) {
      this.inner.setAttributes(attributes);
    }

    link(to: Span) {
      if (to instanceof RecordedSpan && linkable(to.inner)) this.inner.addLink({ context: to.inner.spanContext() });
    }

    within<Result>(work: () => Result): Result {
      return storage.run(this, work);
    }

    fail(error: unknown) {
      const message = error instanceof Error ? error.message : String(error);
      const type = error instanceof AppError ? error.code : error instanceof Error ? error.name : message;
      this.inner.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR, message });
    }

    end() {
      this.inner.end();
    }
  }

  return {
    active: () => storage.getStore(),
    start: (name, attributes, { kind, startedAt } = {}) => {
      const parent = storage.getStore();
      if (parent?.traceId === undefined) return unrecorded;
      const options = {
        attributes,
        kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
        ...(startedAt === undefined ? {} : { startTime: startedAt }),
      };
      return new RecordedSpan(tracer.startSpan(name, options, parent.context), parent.context);
    },
    startApart: (name, attributes) =>
      new RecordedSpan(tracer.startSpan(name, { attributes }, ROOT_CONTEXT), ROOT_CONTEXT),
    startRequest: (name, attributes, { headers, startedAt }) => {
      const caller = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const options = {
        attributes,
        kind: SpanKind.SERVER,
        ...(startedAt === undefined ? {} : { startTime: startedAt }),
      };
      return new RecordedSpan(tracer.startSpan(name, options, caller), caller);
    },
    headers: () => {
      const carrier: Record<string, string> = {};
      const active = storage.getStore();
      if (active !== undefined) propagator.inject(active.context, carrier, defaultTextMapSetter);
      return carrier;
    },
  };
}
