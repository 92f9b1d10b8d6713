import { startTraces, type Traces } from '../../../src/observability/traces/start-traces.js';
import { buildTestApp, type TestApp } from '../../support/app/build-test-app.js';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.js';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../../support/servers/otlp-receiver.js';
import { createTestLogger } from '../../support/test-logger.js';

/** An app whose traces are received here. */
export interface TracedApp {
  app: TestApp;
  traces: Traces;
  receiver: OtlpReceiver;
  /** What it logs from INFO on, once it is ready. */
  lines: Record<string, unknown>[];
  /** Closes the app; every span that it has recorded. */
  finish(): Promise<ReceivedSpan[]>;
}

export async function openTracedApp(
  uri: string,
  options: { env?: Record<string, string>; clock?: FakeClock; protocol?: 'http/json' | 'http/protobuf' } = {},
): Promise<TracedApp> {
  const { env = {}, clock = createFakeClock(), protocol = 'http/json' } = options;
  const receiver = await startOtlpReceiver();
  let traces: Traces | undefined;
  const { logger, lines } = createTestLogger('info', () => traces?.logFields() ?? {});
  const started = await startTraces({ settings: { url: receiver.url, protocol }, logger, clock });
  traces = started;
  const app = await buildTestApp(uri, { clock, cached: true, logger, env, traces: started });
  await app.following;
  // From here on it listens.
  await app.send({ path: '/healthz' });
  lines.length = 0;
  return {
    ...{ app, traces: started, receiver, lines },
    finish: async () => {
      await app.close();
      await started.close();
      await receiver.close();
      return receiver.spans;
    },
  };
}
