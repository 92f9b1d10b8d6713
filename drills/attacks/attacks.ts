import type { Load } from '../load/load-runner.js';
import { atMost, type Drill, exactly, type Finding } from '../support/drill.js';
import { playing } from '../support/drill-processes.js';
import { noneFailed, percentile, slowest } from '../support/times.js';
import { type Attack, attacks, dearest, persistedAttacks, productionAttacks } from './attack-list.js';

const REFUSED_MS = 500;
/** For so long, at most, an operation within the limits may hold the event loop: its whole answer takes no longer. */
const ACCEPTED_MS = 20;
/** The first ones are slow for another reason: nothing is compiled yet. */
const UNCOUNTED = 20;

/** A request beyond a limit is refused before execution, and the refusal names the limit. */
export const attacksDrill: Drill = {
  name: 'attacks',
  summary: 'every limit of GraphQL is exceeded: a refusal that names it, soon, and the gateway serves on',
  run: (scale, processes) =>
    playing(processes, async ({ load, lone }) => {
      const times = scale === 'full' ? 50 : 3;
      const production = { NODE_ENV: 'production', HOST: '127.0.0.1' };
      const [open, closed, persisted] = await Promise.all([
        lone(),
        lone(production),
        lone({ ...production, PERSISTED_ONLY: 'true' }),
      ]);
      const findings: Finding[] = [];
      for (const [{ origin }, list] of [
        [open, attacks],
        [closed, productionAttacks],
        [persisted, persistedAttacks],
      ] as const) {
        for (const attack of list) findings.push(await attacked(load, origin, attack, times));
        const after = await load.run({
          asks: [{ origin, path: '/api/v1/homepage' }],
          pace: { connections: 2, count: 20 },
        });
        findings.push(noneFailed(after, 'failed answers afterwards'));
      }
      for (const { name, ask } of dearest) findings.push(await accepted(load, open.origin, name, ask));
      return findings;
    }),
};

/** The finding of the dearest operations within a limit: the fastest answer, since the machine may do other work as well. */
async function accepted(load: Load, origin: string, name: string, ask: (index: number) => Attack['ask']) {
  const count = 2 * UNCOUNTED;
  const samples = await load.run({
    asks: Array.from({ length: count }, (_, index) => ({ ...ask(index), origin })),
    pace: { connections: 1, count },
  });
  const refused = samples.find(({ status }) => status !== 200);
  const finding = atMost(`accepted: ${name}`, percentile(samples.slice(UNCOUNTED), 0), ACCEPTED_MS, ' ms');
  return refused === undefined ? finding : { ...finding, measured: `refused with ${refused.status}`, passed: false };
}

/** The finding of one attack; it shows the answer when the attack was not refused as it must be. */
async function attacked(load: Load, origin: string, attack: Attack, times: number): Promise<Finding> {
  const { name, ask, names, status } = attack;
  const samples = await load.run({
    asks: [{ ...ask, origin }],
    pace: { connections: 2, count: times },
    keepBody: true,
  });
  const [wrong] = samples.filter(
    (sample) =>
      !(status === undefined ? sample.status >= 400 && sample.status < 500 : sample.status === status) ||
      !names.test(sample.body ?? ''),
  );
  const finding = atMost(name, slowest(samples), REFUSED_MS, ' ms');
  const bound = `${status ?? '4xx'} that says ${names.source.startsWith('^') ? 'no suggestion' : names.source.replaceAll('|', ' or ')}, within ${REFUSED_MS} ms`;
  if (wrong === undefined) {
    const answered = exactly('', samples[0]?.status ?? 0, status ?? 400).measured;
    return { ...finding, bound, measured: `${answered} within ${finding.measured}` };
  }
  const said = (wrong.body ?? wrong.failure ?? '').slice(0, 80).replaceAll('|', '/').replaceAll('\n', ' ');
  return { ...finding, bound, measured: `${wrong.status} ${said}`, passed: false };
}
