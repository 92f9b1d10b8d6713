import { once } from 'node:events';
import { createServer } from 'node:http';

/** A span as it arrived. */
export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  /** Empty for the first of a process in its trace. */
  parentSpanId: string;
  /** 1 internal, 2 server, 3 client (OTLP's `SpanKind`). */
  kind: number;
  attributes: Record<string, unknown>;
  /** Ids of the spans that it points to. */
  links: string[];
  failed: boolean;
  startedAt: bigint;
  endedAt: bigint;
}

/** Receives traces by OTLP/HTTP (`POST /v1/traces`), and reads those that are JSON. */
export interface OtlpReceiver {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** Of the resources that spans came from. */
  readonly resources: Record<string, unknown>[];
  readonly requests: { path: string; type: string; body: Buffer }[];
  /** What it answers from now on; it never answers while this is undefined. */
  answer(status: number | undefined): void;
  close(): Promise<void>;
}

type Value = Record<string, unknown> & { arrayValue?: { values: Value[] } };
type Attributes = { key: string; value: Value }[];
interface Export {
  resourceSpans: {
    resource: { attributes: Attributes };
    scopeSpans: {
      spans: {
        name: string;
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        kind: number;
        attributes?: Attributes;
        links?: { spanId: string }[];
        status?: { code?: number };
        startTimeUnixNano: string;
        endTimeUnixNano: string;
      }[];
    }[];
  }[];
}

const plain = (value: Value): unknown =>
  value.arrayValue === undefined ? Object.values(value)[0] : value.arrayValue.values.map(plain);
const read = (attributes: Attributes = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const resources: OtlpReceiver['resources'] = [];
  const requests: OtlpReceiver['requests'] = [];
  let status: number | undefined = 200;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const type = String(request.headers['content-type']);
    requests.push({ path: String(request.url), type, body });
    if (status === 200 && type === 'application/json') {
      const { resourceSpans } = JSON.parse(body.toString()) as Export;
      for (const { resource, scopeSpans } of resourceSpans) {
        resources.push(read(resource.attributes));
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
          const { name, traceId, spanId, parentSpanId = '', kind, links = [] } = span;
          spans.push({
            ...{ name, traceId, spanId, parentSpanId, kind, attributes: read(span.attributes) },
            links: links.map((link) => link.spanId),
            failed: span.status?.code === 2,
            startedAt: BigInt(span.startTimeUnixNano),
            endedAt: BigInt(span.endTimeUnixNano),
          });
        }
      }
    }
    if (status !== undefined) response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    spans,
    resources,
    requests,
    answer: (given) => {
      status = given;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Spans as a tree of names, those of one name and place in the order in which they began. */
export type SpanTree = { [name: string]: SpanTree };

export function treeBelow(spans: readonly ReceivedSpan[], parent: ReceivedSpan): SpanTree {
  const children = spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);
  return Object.fromEntries(children.map((child) => [child.name, treeBelow(spans, child)]));
}
