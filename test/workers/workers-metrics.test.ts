import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Readings } from '../../src/workers/messages.js';
import { createWorkersMetrics, type Measured } from '../../src/workers/workers-metrics.js';

function createWorker() {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({ name: 'requests_total', help: '-', labelNames: ['status'], registers });
  const seconds = new Histogram({ name: 'seconds', help: '-', buckets: [1], registers });
  const bytes = new Gauge({ name: 'bytes', help: '-', registers });
  const up = new Gauge({ name: 'up', help: '-', aggregator: 'min', registers });
  const worker: Measured & { hangs: boolean } = {
    hangs: false,
    readings: async () => {
      if (worker.hangs) throw new Error('no answer');
      return (await registry.getMetricsAsJSON()) as Readings;
    },
  };
  return { worker, requests, seconds, bytes, up };
}

type Rig = ReturnType<typeof createWorker>;
let one: Rig;
let two: Rig;
let workers: Set<Measured>;
let metrics: ReturnType<typeof createWorkersMetrics<Measured>>;
beforeEach(() => {
  [one, two] = [createWorker(), createWorker()];
  workers = new Set([one.worker, two.worker]);
  metrics = createWorkersMetrics({ workers: () => workers });
  for (const { requests, seconds, bytes, up } of [one, two]) {
    requests.inc({ status: '200' }, 5);
    seconds.observe(0.5);
    bytes.set(100);
    up.set(1);
  }
});

const series = async () =>
  Object.fromEntries(
    [...(await metrics.text()).matchAll(/^(\w+(?:\{.*\})?) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]),
  );
const end = ({ worker }: Rig) => {
  workers.delete(worker);
  metrics.ended(worker);
};

describe('metrics of several workers', () => {
  it('are summed, or the least of all where that tells more', async () => {
    two.requests.inc({ status: '500' }, 1);
    two.up.set(0);
    expect(await series()).toMatchObject({
      ...{ 'requests_total{status="200"}': 10, 'requests_total{status="500"}': 1 },
      ...{ 'seconds_bucket{le="1"}': 2, seconds_count: 2, seconds_sum: 1, bytes: 200, up: 0 },
    });
  });

  it('keep what workers counted that have ended, and not their sizes and states', async () => {
    two.up.set(0);
    await series();
    end(two);
    expect(await series()).toMatchObject({ 'requests_total{status="200"}': 10, seconds_count: 2, bytes: 100, up: 1 });
    const three = createWorker();
    workers.add(three.worker);
    three.requests.inc({ status: '200' }, 3);
    expect(await series()).toMatchObject({ 'requests_total{status="200"}': 13 });
    end(three);
    end(one);
    expect(await series()).toMatchObject({ 'requests_total{status="200"}': 13, seconds_count: 2 });
  });

  it('have the last readings of a worker that hangs', async () => {
    await series();
    two.worker.hangs = true;
    one.requests.inc({ status: '200' }, 1);
    expect(await series()).toMatchObject({ 'requests_total{status="200"}': 11, bytes: 200 });
  });

  it('count a worker once that ends while it is read', async () => {
    await series();
    const reading = metrics.text();
    end(two);
    await reading;
    expect(await series()).toMatchObject({ 'requests_total{status="200"}': 10, bytes: 100 });
  });
});
