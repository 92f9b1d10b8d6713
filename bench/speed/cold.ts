import { type SpeedRow, spreadOf } from '../report/results.js';
import { forbidEntries } from '../support/gateway.js';
import { ask, type BenchRequest } from '../support/http.js';
import type { ServerProcess } from '../support/server-process.js';

/**
 * CPU time of a page for which nothing is cached, one at a time: what forbidding all entries and then asking costs, less what
 * forbidding them costs. It is compared with what raw needs for a request under full load, which is its least.
 */
export async function measureCold(options: {
  gateway: ServerProcess;
  request: BenchRequest;
  /** Of raw, for the same page. */
  rawMicros: number;
  rounds: number;
  pages: number;
}): Promise<SpeedRow> {
  const { gateway, request, rawMicros, rounds, pages } = options;
  const cpuOf = async (once: () => Promise<void>) => {
    const before = gateway.cpuMicros();
    for (let page = 0; page < pages; page++) await once();
    return (gateway.cpuMicros() - before) / pages;
  };
  const forbid = () => forbidEntries(gateway.origin);
  const coldPage = async () => {
    await forbid();
    const { status, bytes } = await ask(gateway.origin, request);
    const { fromCache } = (JSON.parse(String(bytes)) as { data: { metadata: { fromCache: boolean } } }).data.metadata;
    if (status !== 200 || fromCache) throw new Error(`A cold page was ${status}, and ${fromCache ? '' : 'not '}cached`);
  };

  await cpuOf(coldPage);
  const costs: number[] = [];
  for (let round = 0; round < rounds; round++) costs.push((await cpuOf(coldPage)) - (await cpuOf(forbid)));
  const spread = spreadOf(costs.map((cost) => rawMicros / cost));
  return {
    ...{ server: 'gateway', path: 'rest-cold', logged: false, cpu: spread, cpuMicros: spreadOf(costs).median },
    ...{ throughput: undefined, perSecond: undefined, p99Ms: undefined, rawP99Ms: undefined },
    ...{ requests: rounds * pages, failed: 0 },
  };
}
