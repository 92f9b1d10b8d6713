import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.js';

const read = (env: Record<string, string>) => {
  const { traces, warnings } = loadConfig({ NODE_ENV: 'test', MONGODB_URI: 'mongodb://h/x', ...env });
  return { traces, warnings };
};
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
const url = 'http://collector:4318/v1/traces';

describe('traces', () => {
  it.each([
    ['nothing', {}],
    ['an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['an endpoint and the SDK disabled', { ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }],
    ['an endpoint and no exporter', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }],
    ['an exporter alone', { OTEL_TRACES_EXPORTER: 'otlp' }],
  ])('are off with %s', (_, env) => {
    expect(read(env)).toEqual({ traces: undefined, warnings: [] });
  });

  it.each([
    [endpoint, url],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp/' }, 'https://c/otlp/v1/traces'],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other/t' }, 'http://other/t'],
    [{ ...endpoint, OTEL_SDK_DISABLED: 'false', OTEL_TRACES_EXPORTER: 'otlp' }, url],
  ])('go by %o to %s', (env, expected) => {
    expect(read(env)).toEqual({ traces: { url: expected, protocol: 'http/protobuf' }, warnings: [] });
  });

  it.each([
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
  ])('are JSON with %o', (env) => {
    expect(read({ ...endpoint, ...env }).traces).toEqual({ url, protocol: 'http/json' });
  });

  it.each([
    [{ OTEL_SDK_DISABLED: '1' }, 'OTEL_SDK_DISABLED: expected true or false, got "1": taken for false'],
    [
      { OTEL_TRACES_EXPORTER: 'otlp,zipkin' },
      'OTEL_TRACES_EXPORTER: expected otlp or none, got "zipkin": otlp is used',
    ],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL: expected http/protobuf or http/json, got "grpc": http/protobuf is used',
    ],
  ])('ignore %o, and say so', (env, warning) => {
    expect(read({ ...endpoint, ...env })).toEqual({ traces: { url, protocol: 'http/protobuf' }, warnings: [warning] });
  });

  it.each(['collector:4318', 'grpc://collector', 'user:secret@collector'])('are off with the endpoint %s', (given) => {
    const { traces, warnings } = read({ OTEL_EXPORTER_OTLP_ENDPOINT: given });
    expect(traces).toBeUndefined();
    expect(warnings).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT: expected an http(s) URL: there will be no traces']);
  });
});
