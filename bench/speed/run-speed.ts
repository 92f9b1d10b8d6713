import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoUserId } from '../../src/demo/generate-demo-data.js';
import { createProcessFixture, tokenOf } from '../../test/support/servers/process-fixture.js';
import { originOf, type SpeedResults, type SpeedRow } from '../report/results.js';
import { separateCores } from '../support/cores.js';
import { startGateway } from '../support/gateway.js';
import { ask, type BenchRequest, type WireAnswer } from '../support/http.js';
import { installPeers, startPeer } from '../support/peers.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { measureCold, startColdServer } from './cold.js';
import { checkAnswer } from './content.js';
import { measure, type Scale, type Subject } from './measure.js';
import { coldPath, type Known, redisPath, type SpeedPath, warmPaths } from './measured-paths.js';
import { createOwnGenerator, findGenerator } from './offered-load.js';
import { speedPeers } from './peer-names.js';
import type { RawAnswer } from './raw-server.js';

const CONNECTIONS = 32;
const SEED = 1;

const full: Scale = { rounds: 5, windowSeconds: 1, warmUpSeconds: 3 };
const short: Scale = { rounds: 1, windowSeconds: 0.2, warmUpSeconds: 0 };

/** Measures every path and peer. Short: a fifth of a second for each, to see that all answer the same. */
export async function runSpeed(options: { short: boolean; command: string }): Promise<SpeedResults> {
  installPeers();
  const core = separateCores();
  const pinned = core === undefined ? {} : { core };
  const scale = options.short ? short : full;
  const directory = await mkdtemp(join(tmpdir(), 'hg-bench-'));
  const fixture = createProcessFixture();
  const servers: ServerProcess[] = [];
  const started = async (server: Promise<ServerProcess>) => {
    servers.push(await server);
    return server;
  };
  const notes: string[] = core === undefined ? ['Nothing was pinned to a core: there is one, or no taskset.'] : [];
  try {
    const [database, redis] = await Promise.all([fixture.database({ seed: SEED }), fixture.redis()]);
    // A day, so that no entry is renewed while it is measured: a renewed one has another `lastUpdated`.
    const lifetimes = { CACHE_TTL: '86400', CACHE_WARMING_INTERVAL: '86400000' };
    const env = { MONGODB_URI: database.uri, REDIS_URL: redis.url, ...lifetimes };
    const quiet = await started(startGateway({ env: { ...env, LOG_LEVEL: 'warn' }, ...pinned }));
    const logFile = join(directory, 'gateway.log');
    const logging = await started(startGateway({ env: { ...env, LOG_LEVEL: 'info' }, ...pinned, logFile }));

    const known = await learn(quiet.origin);
    const captured = new Map<SpeedPath, { request: BenchRequest; expected: WireAnswer }>();
    for (const path of [...warmPaths, redisPath]) {
      const request = path.request(known);
      // The second answer: the first one says that its sections are fresh, and later ones that they are cached.
      await ask(quiet.origin, request);
      captured.set(path, { request, expected: await ask(quiet.origin, request) });
    }
    const raw = await started(startRaw(directory, captured, pinned));

    const subjects: Subject[] = [];
    const add = (server: string, path: SpeedPath, process: ServerProcess, logged: boolean) => {
      const found = captured.get(path);
      if (found === undefined) throw new Error(`Nothing was captured for ${path.id}`);
      const rawRequest = { ...found.request, path: `/${path.id}` };
      subjects.push({ server, path: path.id, logged, process, rawRequest, status: path.status, ...found });
    };
    for (const path of warmPaths) {
      add('gateway', path, quiet, false);
      add('gateway', path, logging, true);
    }
    const redisOnly = { ...env, LOG_LEVEL: 'warn', CACHE_MEMORY_BYTES: '0' };
    add('gateway', redisPath, await started(startGateway({ env: redisOnly, ...pinned })), false);
    const postPath = warmPaths.find(({ id }) => id === 'graphql-post');
    for (const name of postPath === undefined ? [] : Object.keys(speedPeers)) {
      const process = await started(startPeer({ name, env: { MONGODB_URI: database.uri }, ...pinned }));
      if (postPath !== undefined) add(name, postPath, process, false);
    }

    for (const { server: who, path, process, request, status, expected } of subjects) {
      await checkAnswer({ who: `${who} ${path}`, origin: process.origin, request, status, expected });
    }
    const generator = options.short ? createOwnGenerator(CONNECTIONS) : await findGenerator(directory, CONNECTIONS);
    const rows = await measure({ subjects, raw, generator, scale });
    const alone = options.short ? createOwnGenerator(1) : await findGenerator(directory, 1);
    const cold = await measureCold({
      server: await started(startColdServer({ env: { MONGODB_URI: database.uri, LOG_LEVEL: 'warn' }, ...pinned })),
      ...{ ...scale, generator: alone, rawMicros: rawMicrosOf(rows) },
    });
    const size = captured.get(redisPath)?.expected.bytes.length ?? 0;
    return {
      origin: originOf(options.command),
      method: `${generator.name}, ${CONNECTIONS} connections; ${scale.rounds} rounds of ${scale.windowSeconds} s for each, between two windows of raw node:http; a REST page of ${Math.round(size / 1000)} KB.`,
      rows: [...rows, cold],
      notes,
    };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await fixture.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** A signed-in user's token, and the ETag of the anonymous page. */
async function learn(origin: string): Promise<Known> {
  const token = await tokenOf(demoUserId(SEED).toHexString());
  const { headers, status } = await ask(origin, coldPath.request({ token, etag: '' }));
  if (status !== 200) throw new Error(`The gateway answers ${status}`);
  return { token, etag: String(headers['etag']) };
}

async function startRaw(
  directory: string,
  captured: ReadonlyMap<SpeedPath, { expected: WireAnswer }>,
  pinned: { core?: number },
): Promise<ServerProcess> {
  const answers = [...captured].map(([{ id }, { expected }]): RawAnswer => {
    const { status, headers, bytes } = expected;
    const encoding = headers['content-encoding'];
    const type = { 'content-type': String(headers['content-type']) };
    return {
      ...{ url: `/${id}`, status, base64: bytes.toString('base64') },
      headers: {
        ...(status === 304 ? { etag: String(headers['etag']) } : type),
        ...(encoding === undefined ? {} : { 'content-encoding': String(encoding) }),
      },
    };
  });
  const file = join(directory, 'raw.json');
  await writeFile(file, JSON.stringify(answers));
  const script = fileURLToPath(new URL('raw-server.ts', import.meta.url));
  return startServer({ command: ['node', '--import', 'tsx', script, file], env: {}, readyPath: '/', ...pinned });
}

/** What raw needs for a REST page, from what the gateway needs and their ratio. */
function rawMicrosOf(rows: readonly SpeedRow[]): number {
  const row = rows.find(({ path, logged }) => path === 'rest' && !logged);
  return (row?.cpuMicros ?? 0) * (row?.cpu.median ?? 0);
}
