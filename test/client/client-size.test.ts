import { gzipSync } from 'node:zlib';
import { build, type Rollup } from 'vite';
import { expect, it } from 'vitest';

it('is below 5 KB gzipped, and needs nothing else', async () => {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      lib: { entry: 'src/client/homepage-client.ts', formats: ['es'] },
    },
  });
  const [{ output }] = built as [Rollup.RollupOutput];
  expect(output.map(({ fileName }) => fileName)).toHaveLength(1);
  const [{ code, imports }] = output;
  expect(imports).toEqual([]);
  const bytes = gzipSync(code).length;
  expect(bytes).toBeLessThan(5 * 1024);
  console.log(`homepage-gateway/client: ${bytes} bytes gzipped`);
});
