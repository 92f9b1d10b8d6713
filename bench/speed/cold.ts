import { type SpeedRow, spreadOf } from '../report/results.js';
import { productionEnv } from '../support/gateway.js';
import { ask } from '../support/http.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { coldPath } from './measured-paths.js';
import type { LoadGenerator } from './offered-load.js';

/** A gateway that loads every page from documents in memory (`cold-server.ts`). */
export function startColdServer(options: {
  env: Readonly<Record<string, string>>;
  core?: number;
}): Promise<ServerProcess> {
  const command = ['node', '--import', 'tsx', new URL('./cold-server.ts', import.meta.url).pathname];
  return startServer({ ...options, env: { ...productionEnv, ...options.env }, command, readyPath: '/readyz' });
}

/**
 * CPU time of a page for which nothing is cached, from documents that are at hand: one client, since others would wait for the
 * same loads. It is compared with what raw needs for a request under full load, which is its least.
 */
export async function measureCold(options: {
  server: ServerProcess;
  /** One connection. */
  generator: LoadGenerator;
  /** Of raw, for the same page. */
  rawMicros: number;
  rounds: number;
  windowSeconds: number;
  warmUpSeconds: number;
}): Promise<SpeedRow> {
  const { server, generator, rawMicros, rounds, windowSeconds, warmUpSeconds } = options;
  const request = coldPath.request({ token: '', etag: '' });
  const run = async (seconds: number) => {
    const before = server.cpuMicros();
    const result = await generator.run(server.origin, request, seconds, 200);
    return { ...result, cost: (server.cpuMicros() - before) / result.requests };
  };

  // The second answer: what memory had kept of the first one would be in it.
  await ask(server.origin, request);
  const { status, bytes } = await ask(server.origin, request);
  const { data } = JSON.parse(bytes.toString()) as { data?: { metadata: { fromCache: boolean } } };
  if (status !== 200 || data?.metadata.fromCache !== false)
    throw new Error(`a cold page is answered ${status} ${bytes}`);
  await run(warmUpSeconds);
  const windows: Awaited<ReturnType<typeof run>>[] = [];
  for (let round = 0; round < rounds; round++) windows.push(await run(windowSeconds));
  const costs = windows.map(({ cost }) => cost);
  return {
    ...{ server: 'gateway', path: coldPath.id, logged: false, cpuMicros: spreadOf(costs).median },
    cpu: spreadOf(costs.map((cost) => rawMicros / cost)),
    ...{ throughput: undefined, perSecond: undefined, p99Ms: undefined, rawP99Ms: undefined },
    requests: windows.reduce((sum, { requests }) => sum + requests, 0),
    failed: windows.reduce((sum, { failed }) => sum + failed, 0),
  };
}
