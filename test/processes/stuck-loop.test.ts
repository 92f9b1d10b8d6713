import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createProcessFixture } from '../support/servers/process-fixture.js';

const STUCK_MS = 4000;
/** Holds the event loop of the process that loads it, at a signal. */
const hold = `
process.on('SIGWINCH', () => {
  process.stdout.write('stuck\\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${STUCK_MS});
});
`;

const fixture = createProcessFixture();
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hg-stuck-'));
  await writeFile(join(directory, 'hold.cjs'), hold);
});
afterEach(async () => {
  await fixture.close();
  await rm(directory, { recursive: true, force: true });
});

it('takes connections and answers no probe while the event loop is stuck, so that a probe needs a timeout', async () => {
  const gateway = await fixture.gateway({ NODE_OPTIONS: `--require ${join(directory, 'hold.cjs')}` });
  const { origin } = gateway;
  const statusOf = async (path: string, signal: AbortSignal | null = null) =>
    (await fetch(`${origin}${path}`, { signal })).status;
  expect(await statusOf('/healthz')).toBe(200);
  gateway.process.child.kill('SIGWINCH');
  await gateway.process.printed(/^stuck$/m);
  const stuckAt = performance.now();

  // The kernel takes it: a probe of the port alone would see nothing.
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  const patient = statusOf('/healthz');
  const outcomes = await Promise.all(
    ['/healthz', '/readyz'].map((path) => statusOf(path, AbortSignal.timeout(1000)).catch((error) => error.name)),
  );
  expect(outcomes).toEqual(['TimeoutError', 'TimeoutError']);
  expect(await patient).toBe(200);
  expect(performance.now() - stuckAt).toBeGreaterThan(STUCK_MS - 500);
});
