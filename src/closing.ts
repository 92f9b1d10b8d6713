import closeWithGrace from 'close-with-grace';
import type { Clock } from './core/clock.js';
import type { Logger } from './core/logger.js';
import type { EndSignal } from './workers/end-signals.js';

/** What closing may take beyond `DRAIN_MS` and the time of the longest request; the process is gone within two seconds. */
const CLOSE_MARGIN_MS = 1750;
/** For so long after it has stopped listening, connections that were opened last may send their request. */
const LAST_REQUESTS_MS = 200;
/** A second signal ends the waiting at once, and what is still under way after this. */
const CUT_MS = 1000;

/** Milliseconds that a process takes to end, at the most: after that it ends itself. */
export const endsWithinMs = ({ drainMs, requestTimeoutMs }: { drainMs: number; requestTimeoutMs: number }): number =>
  drainMs + requestTimeoutMs + CLOSE_MARGIN_MS;

/**
 * Ends the process on SIGTERM, on Ctrl-C (SIGINT), and on errors that nothing caught. It says so by `/readyz` and serves on
 * for `drainMs`, until load balancers have noticed; after Ctrl-C there is none to wait for, and a worker without its primary
 * process gets no new connections. Then it stops listening, answers
 * what is under way, and closes `app` and what `afterwards` closes. Exit code 0, or 1 after an error or when it was cut.
 */
export function endGracefully(options: {
  app: { drain(): void; answered(): Promise<void>; stopListening(): void; close(): Promise<void> };
  afterwards: () => Promise<void>;
  drainMs: number;
  requestTimeoutMs: number;
  /** Hears the signals; the process' own when left out. */
  hear?: (listener: (signal: EndSignal) => void) => void;
  clock: Clock;
  logger: Logger;
}): void {
  const { app, afterwards, drainMs, requestTimeoutMs, hear = ownSignals, clock, logger } = options;
  let signalled: EndSignal | undefined;
  let hasten = () => {};
  const hastened = new Promise<void>((resolve) => {
    hasten = resolve;
  });
  const wait = (ms: number) => Promise.race([hastened, new Promise<void>((resolve) => clock.after(ms, resolve))]);

  const { close } = closeWithGrace(
    // Its own handlers would cut at the second signal.
    { delay: endsWithinMs(options), logger, skip: ['SIGTERM', 'SIGINT'] },
    async ({ err }) => {
      if (err) logger.error({ error: err }, 'closing after an error that nobody caught');
      else logger.info({ signal: signalled }, 'closing');
      app.drain();
      if (signalled !== 'SIGINT' && signalled !== 'DISCONNECT') await wait(drainMs);
      await Promise.race([app.answered(), wait(requestTimeoutMs)]);
      app.stopListening();
      await wait(LAST_REQUESTS_MS);
      await app.close();
      await afterwards();
    },
  );
  const onSignal = (signal: EndSignal) => {
    if (signalled === undefined) {
      signalled = signal;
      void close();
      return;
    }
    logger.warn({ signal }, 'closing at once');
    hasten();
    setTimeout(() => process.exit(1), CUT_MS).unref();
  };
  hear(onSignal);
}

function ownSignals(listener: (signal: EndSignal) => void): void {
  process.on('SIGTERM', () => listener('SIGTERM'));
  process.on('SIGINT', () => listener('SIGINT'));
}
