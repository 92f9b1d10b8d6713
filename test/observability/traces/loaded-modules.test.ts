import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type OtlpReceiver, startOtlpReceiver } from '../../support/servers/otlp-receiver.js';
import { startProcess } from '../../support/servers/running-process.js';

/** Prints what of OpenTelemetry a process has loaded, and whether it keeps asynchronous contexts, when it ends. */
const probe = `
const { AsyncLocalStorage } = require('node:async_hooks');
let contexts = 0;
AsyncLocalStorage.prototype.run = new Proxy(AsyncLocalStorage.prototype.run, {
  apply: (run, storage, given) => {
    contexts += 1;
    return Reflect.apply(run, storage, given);
  },
});
process.on('exit', () => {
  const packages = Object.keys(require.cache).flatMap((path) => /@opentelemetry\\/([^/]+)/.exec(path)?.[1] ?? []);
  process.stdout.write('loaded ' + JSON.stringify({ packages: [...new Set(packages)], contexts }) + '\\n');
});
`;

let directory: string;
let receiver: OtlpReceiver;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hg-loaded-'));
  await writeFile(join(directory, 'probe.cjs'), probe);
  receiver = await startOtlpReceiver();
});
afterEach(async () => {
  await receiver.close();
  await rm(directory, { recursive: true, force: true });
});

/** Serves a page from the compiled files, and ends. */
async function serveOnce(env: Record<string, string>) {
  const gateway = startProcess('node', ['--require', join(directory, 'probe.cjs'), 'dist/main.js'], {
    ...{ PORT: '0', DRAIN_MS: '0', LOG_LEVEL: 'warn' },
    ...env,
  });
  const [, origin] = await gateway.printed(/(http:\/\/localhost:\d+)\/graphql/);
  await expect.poll(async () => (await fetch(`${origin}/readyz`)).status).toBe(200);
  expect((await fetch(`${origin}/api/v1/homepage`)).status).toBe(200);
  gateway.child.kill('SIGTERM');
  expect(await gateway.ended).toBe(0);
  const [, loaded = ''] = await gateway.printed(/loaded (.*)\n/);
  const { packages, contexts } = JSON.parse(loaded) as { packages: string[]; contexts: number };
  return { packages, contexts, output: gateway.output() };
}

const traced = () => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: new URL('/', receiver.url).href,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
});

/** prom-client loads OpenTelemetry's interfaces, which are nothing without an SDK. */
const interfaces = ['api'];

it.each([
  ['no endpoint', {}],
  ['the SDK disabled', { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }],
])('loads no SDK, and keeps no contexts, with %s', async (_, env) => {
  const { packages, contexts } = await serveOnce(env);
  expect(packages).toEqual(interfaces);
  expect(contexts).toBe(0);
});

it('loads it with an endpoint, and sends the spans of a process that ends', async () => {
  const { packages, contexts, output } = await serveOnce(traced());
  expect(packages).toEqual(expect.arrayContaining(['sdk-trace-base', 'exporter-trace-otlp-http']));
  expect(packages).not.toContain('exporter-trace-otlp-proto');
  expect(contexts).toBeGreaterThan(0);
  expect(receiver.spans.map(({ name }) => name)).toContain('GET /api/v1/homepage');
  expect(output).not.toContain('traces cannot be exported');
});

it('ends with 0 while its receiver hangs', async () => {
  receiver.answer(undefined);
  // Ten seconds for a receiver would be more than the process has.
  await serveOnce({ ...traced(), REQUEST_TIMEOUT: '5000' });
  expect(receiver.requests.length).toBeGreaterThan(0);
});
