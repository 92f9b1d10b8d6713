import { parseArgs } from 'node:util';
import { nearest } from '../src/core/suggestion.js';
import { drills } from './drill-registry.js';
import type { Drill, Finding } from './support/drill.js';
import { createSharedProcesses } from './support/shared-processes.js';

const usage = `Usage: npm run drill -- [name...] [--short]

Drills on real processes: gateways, a redis-server and the embedded database, all on loopback. Without a name, all of them.
Prints a table, and ends with 1 when one falls short. --short: seconds instead of minutes, and on the
same processes where drills leave them as they were.

${drills.map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`).join('\n')}`;

function chosen(names: readonly string[]): readonly Drill[] {
  const unknown = names.filter((name) => !drills.some((drill) => drill.name === name));
  if (unknown.length > 0) {
    const all = drills.map(({ name }) => name);
    const faults = unknown.map((name) => {
      const suggestion = nearest(name, all);
      return `There is no drill "${name}"${suggestion === undefined ? '' : `: did you mean "${suggestion}"?`}`;
    });
    throw new TypeError(`${faults.join('\n')}\n\n${usage}`);
  }
  return names.length === 0 ? drills : drills.filter(({ name }) => names.includes(name));
}

async function main(): Promise<number> {
  const options = { short: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const rows: (Finding & { drill: string })[] = [];
  const processes = values.short ? createSharedProcesses() : undefined;
  for (const { name, summary, run } of chosen(positionals)) {
    const startedAt = performance.now();
    console.log(`${name}: ${summary}`);
    const findings = await run(values.short ? 'short' : 'full', processes).catch((error: unknown): Finding[] => [
      { what: 'the drill itself', measured: String(error), bound: 'runs to its end', passed: false },
    ]);
    for (const finding of findings) rows.push({ drill: name, ...finding });
    const took = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(`${findings.every(({ passed }) => passed) ? 'passed' : 'FELL SHORT'} after ${took} s\n`);
  }
  await processes?.close();
  console.log('| drill | what | measured | bound | |');
  console.log('|---|---|---|---|---|');
  for (const { drill, what, measured, bound, passed } of rows) {
    console.log(`| ${drill} | ${what} | ${measured} | ${bound} | ${passed ? 'ok' : 'SHORT'} |`);
  }
  return rows.every(({ passed }) => passed) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof TypeError ? error.message : error);
  process.exitCode = 2;
}
