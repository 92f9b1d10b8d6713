import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { ADMIN_TOKEN, JWT_SECRET, tokenOf } from '../../test/support/servers/process-fixture.js';
import type { Ask, Sample } from '../load/plan.js';
import { type Draw, drawFrom } from '../support/draw.js';
import { atMost, type Drill, exactly } from '../support/drill.js';
import { playing } from '../support/drill-processes.js';
import { noneFailed, slowest } from '../support/times.js';
import { malformed } from './fuzz-requests.js';

/** Seed of the first batch; each batch has the next one, so that an offender's batch can be repeated alone. */
const SEED = 20_261;
const BATCH = 500;
const CONNECTIONS = 20;
const SLOWEST_MS = 1000;

/** Malformed requests get a 4xx at worst, within a second. */
export const fuzz: Drill = {
  name: 'fuzz',
  summary:
    'malformed REST and GraphQL requests and raw bytes from a seed: no 5xx, no crash, no answer over 1 s, no secret in the log',
  run: (scale, processes) =>
    playing(processes, async ({ load, lone }) => {
      const count = scale === 'full' ? 100_000 : 3000;
      const gateway = await lone({ LOG_LEVEL: 'debug' });
      const secrets = [ADMIN_TOKEN, JWT_SECRET, await tokenOf('507f1f77bcf86cd799439011')];
      const found = { answers: 0, failures: 0, silent: 0, slowestMs: 0 };
      let offender: string | undefined;
      for (let batch = 0; batch * BATCH < count; batch += 1) {
        const draw = drawFrom(xoroshiro128plus(SEED + batch));
        const asks = Array.from({ length: BATCH }, () => bearing(secrets, malformed(draw, gateway.origin), draw));
        const samples = await load.run({ asks, pace: { connections: CONNECTIONS, count: BATCH } });
        for (const sample of samples) {
          const ask = asks[sample.index];
          // Raw bytes that are no request may end without an answer; a request may not.
          const isSilent = sample.status === 0 && ask?.halfClose !== true;
          if (sample.status > 0) found.answers += 1;
          if (sample.status >= 500) found.failures += 1;
          if (isSilent) found.silent += 1;
          if (sample.status >= 500 || isSilent || sample.tookMs > SLOWEST_MS)
            offender ??= described(sample, SEED + batch, ask?.raw);
        }
        found.slowestMs = Math.max(found.slowestMs, slowest(samples.filter(({ status }) => status > 0)));
      }
      if (offender !== undefined) console.log(`  the first offender: ${offender}`);
      const { exitCode, signalCode } = gateway.process.child;
      const after = await load.run({
        asks: [{ origin: gateway.origin, path: '/api/v1/homepage' }],
        pace: { connections: 2, count: 20 },
      });
      const log = gateway.process.output();
      return [
        exactly(`5xx in ${found.answers} answers to ${count} requests (seed ${SEED})`, found.failures, 0),
        exactly('requests without an answer', found.silent, 0),
        exactly('crashes', Number(exitCode !== null || signalCode !== null), 0),
        atMost('slowest answer', found.slowestMs, SLOWEST_MS, ' ms'),
        exactly(
          `secrets in the ${log.split('\n').length} lines of its log`,
          secrets.filter((secret) => log.includes(secret)).length,
          0,
        ),
        noneFailed(after, 'failed answers afterwards'),
      ];
    }),
};

/** Every third request names a secret where tokens belong: the right one, one of another kind, or the key itself. */
function bearing(secrets: readonly string[], ask: Ask, draw: Draw): Ask {
  if (draw.below(3) > 0 || ask.raw === undefined) return ask;
  const line = `authorization: Bearer ${draw.of(secrets)}`;
  return { ...ask, raw: ask.raw.replace('\r\nhost: localhost', `\r\nhost: localhost\r\n${line}`) };
}

const described = ({ status, failure, tookMs, index }: Sample, seed: number, raw = '') =>
  `seed ${seed}, request ${index}: ${status} ${failure ?? ''} after ${Math.round(tookMs)} ms for ${JSON.stringify(raw.slice(0, 600))}`;
