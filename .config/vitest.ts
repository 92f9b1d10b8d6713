import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const require = createRequire(import.meta.url);

/** What takes longest by far. Where nothing is known from an earlier run, files would begin by their size, and the model last. */
const longest = ['cache/model', 'commands/commands', 'http/same-data', 'http/injection', 'readme', 'page/cached-page'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return index < 0 ? longest.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: ['test/processes/**'],
          // Half of the suite's time went into importing the same modules once more for each file; they keep no state.
          isolate: false,
        },
      },
      {
        // Tests of types, which the compiler decides: nothing of them is run.
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/**/*.test-d.ts'],
            tsconfig: 'test/tsconfig.test-d.json',
          },
        },
      },
      {
        // Real processes under load: after everything else, so that they have the machine to themselves. Once more where one
        // falls short: they measure times, on machines that others use as well; what is broken falls short twice.
        extends: true,
        test: { name: 'drills', include: ['drills/**/*.test.ts'], sequence: { groupOrder: 1 }, retry: 1 },
      },
      {
        // Several processes at once, with times that are measured: one file at a time, on a machine that is idle.
        extends: true,
        test: {
          name: 'processes',
          include: ['test/processes/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          retry: 1,
        },
      },
    ],
  },
  resolve: {
    // One copy of graphql: without this, our sources get the ES module and the libraries the CommonJS one.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  // The decorators are TypeScript's (legacy) ones, as type-graphql wants them.
  oxc: { decorator: { legacy: true } },
});
