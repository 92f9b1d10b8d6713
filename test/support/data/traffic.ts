import type { Answer, Gateway } from '../servers/process-fixture.js';
import { until } from '../until.js';

/** Asks every gateway `perSecond` times a second until it is stopped; `stop` waits for what is under way. */
export function startTraffic(gateways: readonly Gateway[], perSecond: number, query = '') {
  const answers: Answer[] = [];
  const failures: unknown[] = [];
  const pending = new Set<Promise<void>>();
  const timers = gateways.map((gateway) =>
    setInterval(() => {
      const asked: Promise<void> = gateway
        .page(query)
        .then((answer) => void answers.push(answer))
        .catch((error) => void failures.push(error))
        .finally(() => pending.delete(asked));
      pending.add(asked);
    }, 1000 / perSecond),
  );
  return {
    answers,
    failures,
    /** Resolves when so many more were answered. */
    more: (count: number, limitMs = 10_000) => {
      const goal = answers.length + count;
      return until(() => answers.length >= goal, limitMs);
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(pending);
    },
  };
}
