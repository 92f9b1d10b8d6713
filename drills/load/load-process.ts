import { createAsker } from './asker.js';
import type { Ask, Order, Plan, Report, Sample } from './plan.js';
import { askRaw } from './raw.js';

/** The load process: carries out the plans that its parent, the drill, sends. */
const REPORT_MS = 50;
/** Id of the running plan. Plans that were started before it send nothing more. */
let current: number | undefined;

const send = (report: Report) => void process.send?.(report);

async function carryOut(id: number, { asks, pace, keepBody = false, failover = [] }: Plan): Promise<void> {
  const goesOn = () => current === id;
  const ask = createAsker({ keepBody });
  let samples: Sample[] = [];
  const report = (done: boolean) => {
    send({ id, samples, done });
    samples = [];
  };
  const reporting = setInterval(() => report(false), REPORT_MS);

  const one = async (number: number): Promise<void> => {
    const index = number % asks.length;
    let current = asks[index] as Ask;
    const askedAt = Date.now();
    const startedAt = performance.now();
    let refusals = 0;
    let outcome = await (current.raw === undefined ? ask(current) : askRaw(current));
    while (isRefusal(outcome) && refusals < failover.length) {
      const place = failover.indexOf(current.origin) + 1;
      current = { ...current, origin: failover[place % failover.length] as string };
      refusals += 1;
      outcome = await ask(current);
    }
    const tookMs = performance.now() - startedAt;
    samples.push({ index, origin: current.origin, askedAt, tookMs, refusals, ...outcome });
  };

  await ('perSecond' in pace ? openLoop(pace, one, goesOn) : closedLoop(pace, one, goesOn));
  clearInterval(reporting);
  report(true);
}

const isRefusal = ({ status, failure, headers }: Pick<Sample, 'status' | 'failure' | 'headers'>) =>
  (status === 503 && headers['connection'] === 'close') || failure === 'ECONNREFUSED';

/** Open loop: requests are sent by the clock, without waiting for earlier answers. */
async function openLoop(
  pace: { perSecond: number; forMs: number },
  one: (number: number) => Promise<void>,
  goesOn: () => boolean,
) {
  const startedAt = performance.now();
  const pending = new Set<Promise<void>>();
  let sent = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startedAt;
      const due = Math.ceil((Math.min(elapsedMs, pace.forMs) / 1000) * pace.perSecond);
      for (; sent < due && goesOn(); sent += 1) {
        const asked: Promise<void> = one(sent).finally(() => pending.delete(asked));
        pending.add(asked);
      }
      if (goesOn() && elapsedMs < pace.forMs) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  await Promise.all(pending);
}

/** Closed loop: each connection sends its next request when the last one is answered. */
async function closedLoop(
  pace: { connections: number; count: number },
  one: (number: number) => Promise<void>,
  goesOn: () => boolean,
) {
  let next = 0;
  const client = async () => {
    while (next < pace.count && goesOn()) {
      next += 1;
      await one(next - 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(pace.connections, pace.count) }, client));
}

process.on('message', (order: Order) => {
  current = order === 'stop' ? undefined : order.id;
  if (order !== 'stop') void carryOut(order.id, order.plan);
});
// The parent has ended.
process.on('disconnect', () => process.exit());
