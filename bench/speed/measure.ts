import { medianOf, type SpeedRow, spreadOf } from '../report/results.js';
import type { BenchRequest, WireAnswer } from '../support/http.js';
import type { ServerProcess } from '../support/server-process.js';
import { checkAnswer } from './content.js';
import type { LoadGenerator, LoadResult } from './offered-load.js';

/** A server on a path, beside raw node:http with the same bytes. */
export interface Subject {
  readonly server: string;
  readonly path: string;
  readonly logged: boolean;
  readonly process: ServerProcess;
  readonly request: BenchRequest;
  readonly status: number;
  /** What the gateway answered first. */
  readonly expected: WireAnswer;
  readonly rawRequest: BenchRequest;
}

/** How long is measured. */
export interface Scale {
  readonly rounds: number;
  readonly windowSeconds: number;
  /** Before the first round, for each: V8 compiles what is hot by then. */
  readonly warmUpSeconds: number;
}

interface Window extends LoadResult {
  readonly cpuMicros: number;
}

interface Round {
  readonly own: Window;
  /** The windows before and after, because the speed of a shared machine drifts within seconds. */
  readonly raw: readonly [Window, Window];
}

/** Rounds over all subjects, in turns from the first to the last and back; each is measured between two windows of raw. */
export async function measure(options: {
  subjects: readonly Subject[];
  raw: ServerProcess;
  generator: LoadGenerator;
  scale: Scale;
}): Promise<SpeedRow[]> {
  const { subjects, raw, generator, scale } = options;
  const rounds = new Map<Subject, Round[]>(subjects.map((subject) => [subject, []]));

  const load = async (server: ServerProcess, request: BenchRequest, seconds: number, status: number) => {
    const before = server.cpuMicros();
    const result = await generator.run(server.origin, request, seconds, status);
    return { ...result, cpuMicros: (server.cpuMicros() - before) / result.requests };
  };

  for (const { process, request, status } of subjects) await load(process, request, scale.warmUpSeconds, status);
  for (let round = 0; round < scale.rounds; round++) {
    for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) {
      const { process, request, rawRequest, status, expected } = subject;
      const who = `${subject.server} ${subject.path}`;
      await checkAnswer({ who, origin: process.origin, request, status, expected });
      const before = await load(raw, rawRequest, scale.windowSeconds, status);
      const own = await load(process, request, scale.windowSeconds, status);
      const after = await load(raw, rawRequest, scale.windowSeconds, status);
      await checkAnswer({ who, origin: process.origin, request, status, expected });
      await checkAnswer({ who: 'raw', origin: raw.origin, request: rawRequest, status, expected });
      rounds.get(subject)?.push({ own, raw: [before, after] });
    }
    console.log(`round ${round + 1} of ${scale.rounds}`);
  }
  return subjects.map((subject) => rowOf(subject, rounds.get(subject) ?? []));
}

function rowOf({ server, path, logged }: Subject, rounds: readonly Round[]): SpeedRow {
  const own = (read: (window: Window) => number) => medianOf(rounds.map((round) => read(round.own)));
  const mean = ([before, after]: Round['raw'], read: (window: Window) => number) => (read(before) + read(after)) / 2;
  return {
    ...{ server, path, logged },
    throughput: spreadOf(rounds.map((round) => round.own.perSecond / mean(round.raw, ({ perSecond }) => perSecond))),
    cpu: spreadOf(rounds.map((round) => mean(round.raw, ({ cpuMicros }) => cpuMicros) / round.own.cpuMicros)),
    perSecond: own(({ perSecond }) => perSecond),
    cpuMicros: own(({ cpuMicros }) => cpuMicros),
    p99Ms: own(({ p99Ms }) => p99Ms),
    rawP99Ms: medianOf(rounds.map((round) => mean(round.raw, ({ p99Ms }) => p99Ms))),
    requests: rounds.reduce((sum, round) => sum + round.own.requests, 0),
    failed: rounds.reduce((sum, { own, raw }) => sum + own.failed + raw[0].failed + raw[1].failed, 0),
  };
}
