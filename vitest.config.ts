import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);
const react18 = (path: string) => new URL(`test/client/react-18/node_modules/${path}`, import.meta.url).pathname;

export default defineConfig({
  test: {
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Half of the time goes into waiting for databases and processes: three fill two cores.
    maxWorkers: 3,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: ['test/processes/**', 'test/client/other-tools/**'],
          // Modules keep no state, so that files of one worker share them: importing them anew for each file took half of the time.
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
        // The hook on the React before the present one: `npm run test:react-18`.
        extends: true,
        test: { name: 'react-18', include: ['test/client/react/**/*.test.ts'] },
        resolve: {
          alias: [
            { find: /^react$/, replacement: react18('react/index.js') },
            { find: /^react-dom\/(client|server)$/, replacement: react18('react-dom/$1.js') },
          ],
        },
      },
      {
        // Tools of those who call the gateway, in a package of their own: `npm run test:other-tools`.
        extends: true,
        test: { name: 'other-tools', include: ['test/client/other-tools/*.test.ts'] },
      },
      {
        // Real processes under load: after the tests, so that they have the machine to themselves. Run again when one falls
        // short, since they measure times on machines that do other work as well; what is broken falls short twice.
        extends: true,
        test: { name: 'drills', include: ['drills/**/*.test.ts'], sequence: { groupOrder: 1 }, retry: 1 },
      },
      {
        // Several processes at once, with measured times: one file at a time, on a machine that does nothing else.
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
    // One copy of graphql: without the alias our sources import its ES module and the libraries its CommonJS one.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  // The decorators are TypeScript's (legacy) ones, as type-graphql wants them.
  oxc: { decorator: { legacy: true } },
});
