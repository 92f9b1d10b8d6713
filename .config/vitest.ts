import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
  resolve: {
    // One copy of graphql: without this, our sources get the ES module and the libraries the CommonJS one.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  // The decorators are TypeScript's (legacy) ones, as type-graphql wants them.
  oxc: { decorator: { legacy: true } },
});
