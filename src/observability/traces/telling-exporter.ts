import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../../core/logger.js';

/** An exporter that says in the log when spans begin to be lost, and when they arrive again; not each time. */
export function createTellingExporter(options: { exporter: SpanExporter; logger: Logger }): SpanExporter {
  const { exporter, logger } = options;
  let lost = 0;
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) {
          if (lost > 0) logger.info({ lost }, 'traces are exported again');
          lost = 0;
        } else {
          if (lost === 0) logger.warn({ reason: result.error?.message }, 'traces cannot be exported');
          lost += spans.length;
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
