import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ask, type BenchRequest } from '../support/http.js';

/** What a load generator saw in one window. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers of another status than expected, and connections that failed. */
  readonly failed: number;
}

/** A closed loop of `connections` clients. */
export interface LoadGenerator {
  readonly name: string;
  /** Whole seconds, where the generator is a process of its own. */
  run(origin: string, request: BenchRequest, seconds: number, status: number): Promise<LoadResult>;
}

const execute = promisify(execFile);
const KILLED_AFTER_MS = 60_000;

/** A process of its own: wrk where it is installed, because a client in C saturates the server, else autocannon. */
export async function findGenerator(directory: string, connections: number): Promise<LoadGenerator> {
  try {
    await execute('sh', ['-c', 'command -v wrk']);
    return wrk(directory, connections);
  } catch {
    return autocannon(connections);
  }
}

function wrk(directory: string, connections: number): LoadGenerator {
  return {
    name: 'wrk',
    run: async (origin, request, seconds) => {
      const script = join(directory, 'request.lua');
      await writeFile(script, luaOf(request));
      const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, `${origin}${request.path}`];
      const { stdout, stderr } = await execute('wrk', args, { timeout: KILLED_AFTER_MS });
      const report = stdout.split('\n').find((line) => line.startsWith('{'));
      if (report === undefined) throw new Error(`wrk reported nothing: ${stdout}${stderr}`);
      return JSON.parse(report) as LoadResult;
    },
  };
}

/** wrk counts statuses from 400 up; that no other status slips in is checked by single requests around each round. */
const luaOf = ({ method, headers, body }: BenchRequest) => `
wrk.method = ${quoted(method)}
${Object.entries(headers)
  .map(([name, value]) => `wrk.headers[ ${quoted(name)} ] = ${quoted(value)}`)
  .join('\n')}
${body === undefined ? '' : `wrk.body = ${quoted(body)}`}
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"perSecond":%.3f,"p50Ms":%.3f,"p99Ms":%.3f,"failed":%d}\\n',
    summary.requests, summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
`;

const quoted = (text: string) => `[==[${text}]==]`;

const autocannonScript = fileURLToPath(new URL('../peers/node_modules/autocannon/autocannon.js', import.meta.url));

interface AutocannonReport {
  requests: { total: number };
  latency: { p50: number; p99: number };
  duration: number;
  errors: number;
  timeouts: number;
  statusCodeStats: Readonly<Record<string, { count: number }>>;
}

function autocannon(connections: number): LoadGenerator {
  return {
    name: 'autocannon',
    run: async (origin, { method, path, headers, body }, seconds, status) => {
      const size = ['-d', String(seconds)];
      const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
      const sent = body === undefined ? [] : ['-b', body];
      const args = [
        '-j',
        '-n',
        '-c',
        String(connections),
        ...size,
        '-m',
        method,
        ...given,
        ...sent,
        `${origin}${path}`,
      ];
      const { stdout } = await execute('node', [autocannonScript, ...args], { timeout: KILLED_AFTER_MS });
      const { requests, latency, duration, errors, timeouts, statusCodeStats } = JSON.parse(stdout) as AutocannonReport;
      const asExpected = statusCodeStats[status]?.count ?? 0;
      return {
        requests: requests.total,
        perSecond: requests.total / duration,
        p50Ms: latency.p50,
        p99Ms: latency.p99,
        failed: requests.total - asExpected + errors + timeouts,
      };
    },
  };
}

/** In this process, for runs that are about answers and not about time: it starts at once, and windows may be parts of a second. */
export function createOwnGenerator(connections: number): LoadGenerator {
  return {
    name: 'requests of the benchmark itself',
    run: async (origin, request, seconds, status) => {
      const startedAt = performance.now();
      const times: number[] = [];
      let failed = 0;
      const client = async () => {
        do {
          const answer = await ask(origin, request);
          times.push(answer.tookMs);
          if (answer.status !== status) failed += 1;
        } while (performance.now() - startedAt < seconds * 1000);
      };
      await Promise.all(Array.from({ length: connections }, client));
      times.sort((a, b) => a - b);
      const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
      const perSecond = (times.length / (performance.now() - startedAt)) * 1000;
      return { requests: times.length, perSecond, p50Ms: at(0.5), p99Ms: at(0.99), failed };
    },
  };
}
