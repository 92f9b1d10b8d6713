import type { Load } from '../load/load-runner.js';
import { atMost, type Drill, exactly, type Finding } from '../support/drill.js';
import { playing } from '../support/drill-processes.js';
import { noneFailed, slowest } from '../support/times.js';
import { type Attack, attacks, persistedAttacks, productionAttacks } from './attack-list.js';

const REFUSED_MS = 500;

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
      return findings;
    }),
};

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
