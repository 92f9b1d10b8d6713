import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { CacheEvents } from '../../cache/cache-events.js';
import type { Clock } from '../../core/clock.js';
import type { PageEvents } from '../../page/page-events.js';
import type { BreakerState, ShedReason, SourceEvents } from '../../protection/protection-events.js';
import type { Section } from '../../sections/define-section.js';
import { createCheapCounter, createCheapHistogram } from './cheap-metrics.js';
import { openMetricsText, openMetricsType } from './open-metrics.js';

/** What is looked at when metrics are asked for. */
export interface MetricSources {
  /** By section id. */
  breakers(): Readonly<Record<string, BreakerState>>;
  memory: { readonly bytes: number; readonly size: number; readonly evictions: number };
  feed(): { state: string; lagMs?: number };
  /** As `Cache.shared`. */
  redis(): string;
  /** Whether the database can be read. */
  isDatabaseUp(): boolean;
  /** Reads of the database under way, each with a connection or waiting for one, and how many connections there may be. */
  pool(): { reads: number; limit: number };
  underWay(): number;
  isDraining(): boolean;
}

interface MeasuredAnswer {
  method: string;
  route: string;
  status: number;
  durationMs: number;
  /** Of a recorded trace: the answer becomes an exemplar. */
  span: { readonly traceId: string | undefined } | undefined;
}

/** All metrics at one moment, and the content type of their format. */
export interface MetricsText {
  type: string;
  text: string;
}

export type ShareMetrics = (own: Registry) => { type: string; text: () => Promise<string> };

export interface Metrics {
  /** An answer that has been sent. Costs a fraction of a microsecond. */
  answered(answer: MeasuredAnswer): void;
  /** In the text format of Prometheus (version 0.0.4). */
  text(): Promise<MetricsText>;
  /** In that of OpenMetrics (version 1.0.0), which has exemplars; undefined where nothing is traced, so that it would have none. */
  readonly openMetrics: (() => Promise<MetricsText>) | undefined;
}

/** Seconds: from an answer out of memory to the longest that a request may take. */
const ANSWER_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LOAD_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Any other method is a client's own invention. */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'OPTIONS'];
const FEED_STATES: readonly string[] = ['starting', 'following', 'interrupted', 'unsupported'];
const SHED_REASONS: readonly ShedReason[] = ['source', 'waiting', 'event-loop'];
const BREAKER_STATES: readonly BreakerState[] = ['closed', 'open', 'half-open'];

/** Everything that can be measured, as Prometheus names it. Labels are section ids, route patterns and codes: never keys or users. */
export function createMetrics(options: {
  sections: readonly Section[];
  cacheEvents: CacheEvents;
  pageEvents: PageEvents;
  sourceEvents: SourceEvents;
  sources: MetricSources;
  /** Whether requests are traced. */
  traced: boolean;
  clock: Clock;
  /** In one of several workers: gives the metrics of this one to the others, and those of all to who asks here. */
  share?: ShareMetrics | undefined;
}): Metrics {
  const { sections, cacheEvents, pageEvents, sourceEvents, sources, traced, clock, share } = options;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Gauges whose names end as those of counters; the same stands in others by type.
  for (const name of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${name}_total`);
  const ids = sections.map(({ id }) => id);

  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    createCheapCounter({ name: `homepage_${name}`, help, labelNames, registry });
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    collect: (set: (value: number, labels: Record<Label, string>) => void) => void,
    aggregator: Aggregator = 'sum',
  ) => {
    new Gauge({
      // How those of several workers are put together.
      aggregator,
      name: `homepage_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        collect((value, labels) => this.set(labels, value));
      },
    });
  };
  const single = (name: string, help: string, value: () => number, aggregator?: Aggregator) =>
    gauge(name, help, [], (set) => set(value(), {}), aggregator);

  const durations = createCheapHistogram({
    name: 'homepage_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: ANSWER_BUCKETS,
    registry,
  });
  const answers = counter('section_answers_total', 'Sections that were served, by how, or failed.', [
    'section',
    'result',
  ]);
  const errors = counter('section_errors_total', 'Sections that failed, by code.', ['section', 'code']);
  const loads = createCheapHistogram({
    name: 'homepage_section_load_duration_seconds',
    help: 'Time that loads of a section took which ended well.',
    labelNames: ['section'],
    buckets: LOAD_BUCKETS,
    registry,
  });
  const failures = counter('section_load_failures_total', 'Loads of a section that failed.', ['section', 'stage']);
  const leases = counter('leases_total', 'Leases asked for in Redis, by what became of them.', ['section', 'result']);
  const invalidations = counter('invalidations_total', 'Invalidations, by mode and where they were made.', [
    'mode',
    'origin',
  ]);
  const invalidatedTags = counter('invalidated_tags_total', 'Tags that were invalidated.', ['mode', 'origin']);
  const redisFailures = counter('redis_failures_total', 'Times that Redis was found away or too slow.', []).child();
  const corrupt = counter('corrupt_entries_total', 'Entries in Redis that could not be read.', ['section']);
  const shed = counter('shed_loads_total', 'Loads that were refused, by reason.', ['reason']);
  const opened = counter('breaker_openings_total', 'Times that the breaker of a section opened.', ['section']);

  cacheEvents.on('tierDown', () => redisFailures.inc());
  // Each from its beginning: a series that appears with its first event hides that event from `rate`.
  const served = (result: string) => new Map(ids.map((id) => [id, answers.child(id, result)]));
  const [fresh, cached, stale, grace, failed] = ['fresh', 'cached', 'stale', 'grace', 'failed'].map(served);
  cacheEvents.on('miss', ({ label }) => fresh?.get(label)?.inc());
  cacheEvents.on('hit', ({ label }) => cached?.get(label)?.inc());
  cacheEvents.on('stale', ({ label, grace: isGrace }) => (isGrace ? grace : stale)?.get(label)?.inc());
  pageEvents.on('sectionFailed', ({ section, code }) => {
    failed?.get(section)?.inc();
    errors.child(section, code).inc();
  });
  for (const id of ids) {
    loads.child(id);
    failures.child(id, 'load');
    opened.child(id);
    for (const result of ['won', 'held', 'expired']) leases.child(id, result);
  }
  for (const reason of SHED_REASONS) shed.child(reason);
  cacheEvents.on('load', ({ label, durationMs }) => loads.child(label).observe(durationMs / 1000));
  cacheEvents.on('failure', ({ label, stage }) => failures.child(label, stage).inc());
  cacheEvents.on('leaseWon', ({ label }) => leases.child(label, 'won').inc());
  cacheEvents.on('leaseLost', ({ label, reason }) => leases.child(label, reason).inc());
  cacheEvents.on('invalidation', ({ mode, origin, tags }) => {
    invalidations.child(mode, origin).inc();
    invalidatedTags.child(mode, origin).inc(tags);
  });
  cacheEvents.on('corrupt', ({ label }) => corrupt.child(label).inc());
  sourceEvents.on('shed', ({ reason }) => shed.child(reason).inc());
  sourceEvents.on('breaker', ({ label, state }) => {
    if (state === 'open') opened.child(label).inc();
  });

  single(
    'redis_up',
    'Whether Redis answers in time, and its messages are heard; 1 without one.',
    () => Number(['none', 'well'].includes(sources.redis())),
    'min',
  );
  single('database_up', 'Whether the database can be read.', () => Number(sources.isDatabaseUp()), 'min');
  single('memory_cache_bytes', 'Bytes of entries in process memory (estimated).', () => sources.memory.bytes);
  single('memory_cache_entries', 'Entries in process memory.', () => sources.memory.size);
  single('requests_under_way', 'Requests that are being answered.', () => sources.underWay());
  single('draining', 'Whether the process is going away.', () => Number(sources.isDraining()), 'max');
  gauge(
    'change_feed_state',
    'Whether changes of the database are seen: 1 for the present state.',
    ['state'],
    (set) => {
      const { state } = sources.feed();
      for (const known of FEED_STATES) set(Number(known === state), { state: known });
    },
    'max',
  );
  single(
    'change_feed_lag_seconds',
    'How long before it was heard the last change of the database was made.',
    () => (sources.feed().lagMs ?? 0) / 1000,
    'max',
  );
  gauge(
    'breaker_state',
    'State of a section’s breaker: 1 for the present one.',
    ['section', 'state'],
    (set) => {
      for (const [section, state] of Object.entries(sources.breakers())) {
        for (const known of BREAKER_STATES) set(Number(known === state), { section, state: known });
      }
    },
    'max',
  );
  single(
    'database_reads_under_way',
    'Reads that have a connection of the pool, or wait for one.',
    () => sources.pool().reads,
  );
  single('database_pool_limit', 'Connections that the pool may have.', () => sources.pool().limit);
  let seenEvictions = 0;
  new Counter({
    name: 'homepage_memory_cache_evictions_total',
    help: 'Entries that process memory had no room for.',
    registers: [registry],
    collect() {
      const { evictions } = sources.memory;
      this.inc(evictions - seenEvictions);
      seenEvictions = evictions;
    },
  });

  const durationsOf = ({ method, route, status }: MeasuredAnswer) =>
    durations.child(route, METHODS.includes(method) ? method : 'other', String(status));
  const written = (type: string, write: () => Promise<string>) => async () => ({ type, text: await write() });
  const all = share?.(registry);

  return {
    // Chosen here, so that an untraced answer pays nothing for exemplars.
    answered: traced
      ? (answer) => {
          const seconds = answer.durationMs / 1000;
          const child = durationsOf(answer);
          child.observe(seconds);
          const traceId = answer.span?.traceId;
          if (traceId !== undefined) child.exemplify(seconds, traceId, clock.now());
        }
      : (answer) => durationsOf(answer).observe(answer.durationMs / 1000),
    text: all === undefined ? written(registry.contentType, () => registry.metrics()) : written(all.type, all.text),
    // Exemplars of several workers are not put together.
    openMetrics: traced && all === undefined ? written(openMetricsType, () => openMetricsText(registry)) : undefined,
  };
}
