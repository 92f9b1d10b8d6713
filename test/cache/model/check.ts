import fc from 'fast-check';
import { script } from './script.js';
import { createWorld } from './world.js';

export interface ModelRun {
  runs: number;
  seed?: number | undefined;
  /** Where in the run of that seed the failing script is, as printed with the failure. */
  path?: string | undefined;
}

/** Plays scripts until one fails. Answers the report: what failed, shrunk, with the seed and path that replay it. */
export async function checkModel({
  runs,
  seed,
  path,
}: ModelRun): Promise<{ failed: boolean; report: string; runs: number }> {
  const property = fc.asyncProperty(script, async ([steps, chance]) => createWorld(chance).play(steps));
  const { stackTraceLimit } = Error;
  // Every refused command and every caller who leaves makes an error: a fifth of the time went into stacks that only a replay needs.
  if (path === undefined) Error.stackTraceLimit = 0;
  const details = await fc
    .check(property, {
      numRuns: runs,
      // Never negative, so that it can be given on a command line as it is printed.
      seed: seed ?? Math.floor(Math.random() * 2 ** 31),
      ...(path === undefined ? {} : { path }),
    })
    .finally(() => {
      Error.stackTraceLimit = stackTraceLimit;
    });
  if (!details.failed) return { failed: false, report: `seed ${details.seed}`, runs: details.numRuns };
  const replay = `npm run test:model -- --seed ${details.seed} --path ${details.counterexamplePath}`;
  return {
    failed: true,
    report: `${await fc.asyncDefaultReportMessage(details)}\n${String(details.errorInstance)}\nReplay: ${replay}`,
    runs: details.numRuns,
  };
}
