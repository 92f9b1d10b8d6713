import { benchCalls } from './calls.js';

const benchmarks: Readonly<Record<string, { summary: string; run: () => Promise<void> }>> = {
  calls: { summary: "calls of the gateway's own functions for one request that memory answers", run: benchCalls },
};

const usage = `Usage: npm run bench -- <name>

${Object.entries(benchmarks)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}`;

const [name = '', ...rest] = process.argv.slice(2);
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark === undefined || rest.length > 0) {
  console.error(usage);
  process.exitCode = 2;
} else {
  await benchmark.run();
}
