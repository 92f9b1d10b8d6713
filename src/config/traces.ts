/** Where traces are sent to, and how they are written. */
export interface TraceSettings {
  readonly url: string;
  readonly protocol: 'http/protobuf' | 'http/json';
}

/** How the path of an endpoint goes on that is meant for every signal (OpenTelemetry, "OpenTelemetry Protocol Exporter"). */
const TRACES_PATH = 'v1/traces';

/**
 * Whether traces are switched on by OpenTelemetry's own variables: with an endpoint, unless one of them switches them off. What
 * does not fit is said in `warnings` and ignored, as OpenTelemetry asks: a gateway serves without traces, too. The rest of these
 * variables (sampler, headers, timeouts, resource, batches) is read by OpenTelemetry itself.
 */
export function traceSettings(
  env: Readonly<Record<string, string | undefined>>,
  warnings: string[],
): TraceSettings | undefined {
  const given = (name: string) => env[name]?.trim() || undefined;
  const own = given('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const endpoint = own ?? given('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint === undefined) return undefined;

  const disabled = given('OTEL_SDK_DISABLED')?.toLowerCase();
  if (disabled === 'true') return undefined;
  if (disabled !== undefined && disabled !== 'false') {
    warnings.push(`OTEL_SDK_DISABLED: expected true or false, got "${disabled}": taken for false`);
  }
  const exporters = given('OTEL_TRACES_EXPORTER')?.split(',') ?? [];
  if (exporters.some((name) => name.trim() === 'none')) return undefined;
  const unknown = exporters.filter((name) => name.trim() !== 'otlp');
  if (unknown.length > 0) {
    warnings.push(`OTEL_TRACES_EXPORTER: expected otlp or none, got "${unknown.join('", "')}": otlp is used`);
  }

  const name = own === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    // It may hold a password.
    warnings.push(`${name}: expected an http(s) URL: there will be no traces`);
    return undefined;
  }
  const protocol = given('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? given('OTEL_EXPORTER_OTLP_PROTOCOL');
  const isKnown = protocol === undefined || protocol === 'http/protobuf' || protocol === 'http/json';
  if (!isKnown) {
    warnings.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL: expected http/protobuf or http/json, got "${protocol}": http/protobuf is used`,
    );
  }
  return Object.freeze({
    url: own ?? `${endpoint}${endpoint.endsWith('/') ? '' : '/'}${TRACES_PATH}`,
    protocol: protocol === 'http/json' ? protocol : 'http/protobuf',
  });
}
