import { once } from 'node:events';
import { request, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetricsServer } from '../../../src/http/routes/metrics-route.js';

const written = (type: string) => async () => ({ type, text: `as ${type}\n` });
const text = written('text/plain');
const openMetrics = written('application/openmetrics-text');

let traced: Server;
let untraced: Server;
beforeAll(async () => {
  traced = createMetricsServer({ text, openMetrics }).listen(0, '127.0.0.1');
  untraced = createMetricsServer({ text, openMetrics: undefined }).listen(0, '127.0.0.1');
  await Promise.all([traced, untraced].map((server) => server.listening || once(server, 'listening')));
});
afterAll(() => {
  for (const server of [traced, untraced]) server.close();
});

async function typeFrom(server: Server, accept: string | undefined): Promise<unknown> {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const headers = accept === undefined ? {} : { accept };
  const [response] = await once(request({ port, path: '/metrics', headers, agent: false }).end(), 'response');
  response.resume();
  return response.headers['content-type'];
}

const prometheus2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const prometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';

describe('the format of metrics', () => {
  it.each([
    ['Prometheus 2', prometheus2],
    ['Prometheus 3', prometheus3],
    ['one type', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
  ])('is that of OpenMetrics where requests are traced, when Accept prefers it: %s', async (_, accept) => {
    expect(await typeFrom(traced, accept)).toBe('application/openmetrics-text');
    expect(await typeFrom(untraced, accept)).toBe('text/plain');
  });

  it.each([
    ['nothing', undefined],
    ['anything', '*/*'],
    ['a page', 'text/html,application/xhtml+xml,*/*;q=0.8'],
    ['the text first', 'text/plain;version=0.0.4,application/openmetrics-text;q=0.5'],
    ['anything but OpenMetrics', 'application/openmetrics-text;version=1.0.0;q=0,*/*'],
    ['another type', 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'],
    ['no list', ';;q=,'],
  ])("is Prometheus' text for %s", async (_, accept) => {
    expect(await typeFrom(traced, accept)).toBe('text/plain');
  });
});
