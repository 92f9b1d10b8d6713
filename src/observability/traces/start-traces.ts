import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TraceSettings } from '../../config/traces.js';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { Tracer } from '../../core/tracer.js';
import type { CommandObserver } from '../../database/connect.js';
import { createCommandSpans } from './command-spans.js';
import { createOtelTracer } from './otel-tracer.js';
import { createTellingExporter } from './telling-exporter.js';

/** What is not sent by then, when the process ends, is lost: a receiver that hangs must not hold it up. */
const FLUSH_MS = 1000;
/** The SDK says how many spans it has dropped each time that it drops some. */
const TELL_EVERY_MS = 60_000;

const PACKAGE = new URL('../../../package.json', import.meta.url);

/** Traces that are recorded and sent. */
export interface Traces {
  readonly tracer: Tracer;
  readonly onCommand: CommandObserver;
  /** For a log line that is written now. */
  logFields(): { trace_id?: string };
  /** Sends what is left, for a second at most. Never rejects. */
  close(): Promise<void>;
}

/**
 * OpenTelemetry's SDK, for traces over OTLP/HTTP. This module is imported only where traces are switched on. The SDK reads its
 * own variables (`OTEL_TRACES_SAMPLER`, `OTEL_BSP_*`, `OTEL_EXPORTER_OTLP_HEADERS` ...), and says by the log what is wrong with them.
 */
export async function startTraces(options: { settings: TraceSettings; logger: Logger; clock: Clock }): Promise<Traces> {
  const { settings, logger, clock } = options;
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  const voice = createVoice({ logger, clock });
  diag.setLogger(voice.logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });

  const exporter = createTellingExporter({ exporter: await createExporter(settings), logger });
  const provider = new BasicTracerProvider({
    // What is set by OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES wins.
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          'service.name': 'homepage-gateway',
          'service.version': version,
          'service.instance.id': randomUUID(),
        }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = createOtelTracer(provider.getTracer('homepage-gateway', version));
  voice.started();

  return {
    tracer,
    onCommand: createCommandSpans(tracer),
    logFields: () => {
      const traceId = tracer.active()?.traceId;
      return traceId === undefined ? {} : { trace_id: traceId };
    },
    close: async () => {
      let cancel = () => {};
      const late = new Promise<void>((resolve) => {
        cancel = clock.after(FLUSH_MS, resolve);
      });
      // The exporter has said what could not be sent.
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      cancel();
      diag.disable();
    },
  };
}

/** Only the one that is wanted is loaded. */
async function createExporter({ url, protocol }: TraceSettings): Promise<SpanExporter> {
  if (protocol === 'http/json') {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    return new OTLPTraceExporter({ url });
  }
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter({ url });
}

/** What the SDK has to say: of its variables everything, later a line a minute. Exports that fail are told by the exporter. */
function createVoice(options: { logger: Logger; clock: Clock }) {
  const { logger, clock } = options;
  let quietUntil: number | undefined;
  const atStart = (message: string) => {
    if (quietUntil === undefined) logger.warn(message);
  };
  const ignore = () => undefined;
  const voice: DiagLogger = {
    error: atStart,
    warn: (message) => {
      if (quietUntil !== undefined && clock.monotonic() < quietUntil) return;
      if (quietUntil !== undefined) quietUntil = clock.monotonic() + TELL_EVERY_MS;
      logger.warn(message);
    },
    info: ignore,
    debug: ignore,
    verbose: ignore,
  };
  return {
    logger: voice,
    started: () => {
      quietUntil = 0;
    },
  };
}
