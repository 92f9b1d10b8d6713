import { utimes } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { type RunningProcess, startProcess } from '../support/servers/running-process.js';

let dev: RunningProcess;
afterEach(async () => {
  dev.child.kill('SIGTERM');
  await dev.ended;
});

it('npm run dev serves from the sources, and again after a source changed', async () => {
  dev = startProcess('npm', ['run', 'dev'], { PORT: '0' });
  const [, origin = ''] = await dev.printed(/(http:\/\/localhost:\d+)\/graphql[\s\S]*Demo user/);
  expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  const now = new Date();
  await utimes('src/core/random.ts', now, now);
  const [, again = ''] = await dev.printed(/Restarting[\s\S]*(http:\/\/localhost:\d+)\/graphql[\s\S]*Demo user/);
  expect((await fetch(`${again}/healthz`)).status).toBe(200);
}, 180_000);
