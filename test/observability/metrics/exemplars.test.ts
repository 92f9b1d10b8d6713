import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildTestApp } from '../../support/app/build-test-app.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { hasPrometheus, startPrometheus } from '../../support/servers/prometheus.js';
import { until } from '../../support/until.js';
import { openTracedApp } from '../traces/traced-app.js';

const path = '/api/v1/homepage';
const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';
let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ now: createFakeClock().now(), products: 30 });
});
afterAll(() => shop.close());

/** Exemplars of the page's buckets, as the text has them. */
const exemplarsIn = (text: string) =>
  [...text.matchAll(/^(\w+)_bucket\{(.*)\} \d+ # \{trace_id="(\w+)"\} (\S+) (\S+)$/gm)].map(
    ([, name, labels = '', traceId = '', seconds, at]) => {
      const [, le] = /le="([^"]+)"/.exec(labels) ?? [];
      return { name, labels, le: Number(le === '+Inf' ? 'Infinity' : le), traceId, seconds: Number(seconds), at };
    },
  );
/** Series and comments, without values. */
const namesIn = (text: string) => text.split('\n').map((line) => line.replace(/ \S+$/, ''));

it("name the traces of answers on both ways, by the receiver's spans", async () => {
  const { app, finish } = await openTracedApp(shop.uri);
  await app.clock.advance(2000);
  // The last way's exemplar may stand in the same bucket as the one before: each is looked at alone.
  const traceIds: string[] = [];
  for (const _ of ['a cold page', 'a hit']) {
    await app.send({ path });
    const { text, headers } = await app.get('/metrics', { accept });
    expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text.endsWith('# EOF\n')).toBe(true);
    const exemplars = exemplarsIn(text).filter(({ traceId }) => !traceIds.includes(traceId));
    expect(exemplars).toMatchObject([
      { name: 'homepage_http_request_duration_seconds', at: String(app.clock.now() / 1000) },
    ]);
    for (const { labels, seconds, le, traceId } of exemplars) {
      expect(labels).toContain(`route="${path}"`);
      expect(seconds).toBeLessThanOrEqual(le);
      traceIds.push(traceId);
    }
  }
  const requests = (await finish()).filter(({ name }) => name === `GET ${path}`);
  expect(requests.map(({ traceId }) => traceId).sort()).toEqual(traceIds.sort());
});

it('name no trace that is not recorded', async () => {
  const { app, finish } = await openTracedApp(shop.uri);
  await app.send({ path, headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' } });
  expect(exemplarsIn((await app.get('/metrics', { accept })).text)).toEqual([]);
  await finish();
});

it("leave Prometheus' own text as it is without traces", async () => {
  const { app, finish } = await openTracedApp(shop.uri);
  const untraced = await buildTestApp(shop.uri, { clock: createFakeClock(), cached: true });
  await untraced.following;
  await untraced.send({ path: '/healthz' });
  const texts: string[] = [];
  for (const one of [app, untraced]) {
    await one.send({ path });
    await one.get('/metrics', { accept });
    const { text, headers } = await one.get('/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    texts.push(text);
  }
  const [traced = '', plain = ''] = texts;
  const ofGateway = (text: string) => namesIn(text).filter((name) => /homepage_|process_cpu/.test(name));
  expect(ofGateway(traced)).toEqual(ofGateway(plain));
  expect(traced).not.toContain('trace_id');
  expect(plain).toContain('# TYPE process_cpu_seconds_total counter');
  // Where nothing is traced, it is what OpenMetrics' readers get as well.
  expect((await untraced.get('/metrics', { accept })).headers['content-type']).toContain('text/plain');
  await untraced.close();
  await finish();
});

it('have the series of the text in the format of OpenMetrics', async () => {
  const { app, finish } = await openTracedApp(shop.uri);
  await app.send({ path });
  const { text } = await app.get('/metrics');
  const { text: open } = await app.get('/metrics', { accept });
  const seriesOf = (lines: string) =>
    lines
      .split('\n')
      .flatMap((line) => (/^[a-z]/.test(line) ? [line.replace(/ # \{.*$/, '').replace(/ \S+$/, '')] : []));
  // The first of these requests appears in the answer to the second one.
  const isOfPage = (series: string) => !series.includes('route="/metrics"');
  expect(seriesOf(open).filter(isOfPage)).toEqual(seriesOf(text).filter(isOfPage));
  await finish();
});

it.skipIf(!hasPrometheus())('are read by a Prometheus (skipped without prometheus)', async () => {
  const clock = createFakeClock({ startAt: Date.now() });
  const { app, finish } = await openTracedApp(shop.uri, { clock });
  await app.send({ path });
  const prometheus = await startPrometheus({
    origins: [await app.origin()],
    intervalMs: 200,
    features: ['exemplar-storage'],
  });
  const query = 'homepage_http_request_duration_seconds_bucket';
  const range = { start: String(clock.now() / 1000 - 60), end: String(clock.now() / 1000 + 60) };
  const stored = async () => {
    const found = (await prometheus.ask('query_exemplars', { query, ...range })) as
      | { exemplars: { labels: { trace_id: string } }[] }[]
      | undefined;
    return (found ?? []).flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id));
  };
  let traceIds: string[] = [];
  const isStored = async () => {
    traceIds = await stored();
    return traceIds.length > 0;
  };
  await until(isStored, 10_000).finally(prometheus.stop);
  const spans = await finish();
  expect(spans.filter(({ name }) => name === `GET ${path}`).map(({ traceId }) => traceId)).toEqual(traceIds);
});
