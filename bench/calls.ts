import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBuiltGateway } from './built-gateway.js';

/** Requests before the measured ones: everything is loaded, cached and prepared by then. */
const WARM_UP = 20;
/** Measured requests: the median leaves out timers of the gateway that happen to fire during one of them. */
const ROUNDS = 9;

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** Outside of `dist/`, or not the gateway: the embedded database answers its change streams meanwhile. */
const apart = /^(\.\.|embedded-mongodb|demo)\//;

interface Calls {
  /** By file of `dist/`. */
  readonly files: ReadonlyMap<string, number>;
  readonly total: number;
}

/** Prints how often functions of `dist/` are called for one request, by V8's precise coverage. Needs a build. */
export async function benchCalls(): Promise<void> {
  const gateway = await startBuiltGateway();
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    const requests: readonly [what: string, ask: () => Promise<unknown>][] = [
      ['REST, one section', () => gateway.get('/api/v1/homepage?sections=offers&limit=3')],
      ['REST, whole page', () => gateway.get('/api/v1/homepage')],
      [
        'GraphQL, one section',
        () => gateway.post('{ homepage(sections: [OFFERS], limit: 3) { offers { items { id title } } } }'),
      ],
    ];
    for (const [what, ask] of requests) {
      for (let round = 0; round < WARM_UP; round++) await ask();
      const rounds: Calls[] = [];
      for (let round = 0; round < ROUNDS; round++) rounds.push(await callsDuring(session, ask));
      print(what, rounds);
    }
  } finally {
    session.disconnect();
    await gateway.close();
  }
}

async function callsDuring(session: Session, ask: () => Promise<unknown>): Promise<Calls> {
  await settled();
  await session.post('Profiler.takePreciseCoverage');
  await ask();
  await settled();
  // Reading the counters sets them back to zero.
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const files = new Map<string, number>();
  for (const { url, functions } of result) {
    if (!url.startsWith('file://')) continue;
    const file = relative(dist, fileURLToPath(url));
    if (apart.test(file)) continue;
    // The first function of a module is the module itself.
    const calls = functions.reduce(
      (sum, { functionName, ranges }) =>
        sum + (functionName === '' && ranges[0]?.startOffset === 0 ? 0 : (ranges[0]?.count ?? 0)),
      0,
    );
    if (calls > 0) files.set(file, calls);
  }
  return { files, total: [...files.values()].reduce((sum, calls) => sum + calls, 0) };
}

/** The server has seen the end of its answer, and what it does after that is done. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function print(what: string, rounds: readonly Calls[]): void {
  const sorted = [...rounds].sort((a, b) => a.total - b.total);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) return;
  console.log(`${what}: ${median.total} calls (median of ${rounds.length})`);
  for (const [file, calls] of [...median.files].sort(([, a], [, b]) => b - a)) {
    console.log(`  ${String(calls).padStart(5)}  ${file}`);
  }
}
