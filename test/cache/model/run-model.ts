import { parseArgs } from 'node:util';
import { checkModel } from './check.js';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string' }, path: { type: 'string' } },
});
const startedAt = performance.now();
const { failed, report, runs } = await checkModel({
  runs: Number(values.runs),
  seed: values.seed === undefined ? undefined : Number(values.seed),
  path: values.path,
});
const seconds = (performance.now() - startedAt) / 1000;
console.log(report);
console.log(
  `${runs} schedules in ${seconds.toFixed(1)} s (${Math.round(runs / seconds)}/s): ${failed ? 'FAILED' : 'passed'}`,
);
process.exitCode = failed ? 1 : 0;
