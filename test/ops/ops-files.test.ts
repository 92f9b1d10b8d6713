import { execFileSync, spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { variableNames } from '../../src/config/variables.js';
import { probePaths } from '../../src/core/probe-paths.js';
import { buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const read = (path: string) => readFile(path, 'utf8');
const promtool = spawnSync('promtool', ['--version']).status === 0;

/** Of a kind of object: a wrong field or type throws. */
type ModelOf = new (object: object) => { validate(): void };

interface Probe {
  httpGet: { path: string };
  periodSeconds: number;
  timeoutSeconds?: number;
  failureThreshold: number;
}

interface Rules {
  groups: { rules: { alert: string; expr: string }[] }[];
}

describe('alerts and dashboard', () => {
  let shop: Shop;
  let app: TestApp;
  let series: Set<string>;
  beforeAll(async () => {
    const clock = createFakeClock();
    shop = await startShop({ now: clock.now(), products: 30 });
    app = await buildTestApp(shop.uri, { clock, cached: true });
    await app.get('/api/v1/homepage');
    const { text } = await app.get('/metrics');
    series = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) => {
        return type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
      }),
    );
  });
  afterAll(async () => {
    await app.close();
    await shop.close();
  });

  it('ask only for series that there are', async () => {
    const { groups } = parse(await read('ops/prometheus/alerts.yml')) as Rules;
    const dashboard = JSON.parse(await read('ops/grafana/dashboard.json')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const expressions = [
      ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const names = expressions.flatMap((expr) => expr.match(/\b(?:homepage|nodejs|process)_\w+/g) ?? []);
    expect(names.length).toBeGreaterThan(30);
    expect([...new Set(names)].filter((name) => !series.has(name))).toEqual([]);
  });

  it('have an entry in the runbook and a test for each alert', async () => {
    const { groups } = parse(await read('ops/prometheus/alerts.yml')) as Rules;
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const entries = [...(await read('docs/runbook.md')).matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(entries).toEqual(alerts);
    const tested = [...(await read('ops/prometheus/alerts.test.yml')).matchAll(/alertname: (\w+)/g)].map(
      ([, name]) => name,
    );
    expect(tested).toEqual(alerts);
  });

  it.skipIf(!promtool)('fire for what they are there for (skipped without promtool)', () => {
    const output = execFileSync('promtool', ['test', 'rules', 'ops/prometheus/alerts.test.yml'], { encoding: 'utf8' });
    expect(output).toContain('SUCCESS');
  });
});

describe('deployment', () => {
  it('sets only variables that there are, and secrets by files', async () => {
    const compose = parse(await read('compose.yaml'), { merge: true }) as {
      services: Record<string, { environment?: Record<string, string> }>;
    };
    const kustomization = parse(await read('ops/kubernetes/kustomization.yaml')) as {
      configMapGenerator: { literals: string[] }[];
    };
    const deployment = parse(await read('ops/kubernetes/deployment.yaml')) as {
      spec: { template: { spec: { containers: { env: { name: string }[] }[] } } };
    };
    const dockerfile = await read('Dockerfile');
    const names = [
      ...Object.values(compose.services).flatMap(({ environment = {} }) => Object.keys(environment)),
      ...kustomization.configMapGenerator.flatMap(({ literals }) =>
        literals.map((literal) => literal.split('=')[0] ?? ''),
      ),
      ...deployment.spec.template.spec.containers.flatMap(({ env }) => env.map(({ name }) => name)),
      ...[...dockerfile.matchAll(/^ENV (.+)$/gm)].flatMap(([, list = '']) =>
        list.split(' ').map((one) => one.split('=')[0] ?? ''),
      ),
    ];
    const known: readonly string[] = variableNames;
    expect(names.filter((name) => !known.includes(name.replace(/_FILE$/, '')))).toEqual([]);
    expect(names).toContain('JWT_SECRET_FILE');
  });

  it("holds to Kubernetes' own schemas", async () => {
    for (const name of await readdir('ops/kubernetes')) {
      for (const document of parseAllDocuments(await read(`ops/kubernetes/${name}`))) {
        expect(document.errors, name).toEqual([]);
        const { apiVersion, kind, ...rest } = document.toJS() as { apiVersion: string; kind: string };
        // It is kustomize's own, which no cluster sees.
        if (kind === 'Kustomization') continue;
        const { [kind]: Model } = (await import(`kubernetes-models/${apiVersion}/${kind}`)) as Record<string, ModelOf>;
        expect(Model, name).toBeTypeOf('function');
        expect(() => Model && new Model({ apiVersion, kind, ...rest }).validate(), name).not.toThrow();
      }
    }
  });

  it('gives every probe the times that the operations manual says', async () => {
    const { containers } = (
      parse(await read('ops/kubernetes/deployment.yaml')) as {
        spec: { template: { spec: { containers: Record<string, Probe | undefined>[] } } };
      }
    ).spec.template.spec;
    const manual = await read('docs/operations.md');
    for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      const probe = containers[0]?.[name];
      const [, path, every, timeout, failures] =
        new RegExp(`^\\| \`${name}\` \\| \`(.+)\` \\| (\\d+) s \\| (\\d+) s.* \\| (\\d+) \\|`, 'm').exec(manual) ?? [];
      expect(path, name).toBe(probe?.httpGet.path);
      // One second is Kubernetes' default.
      const { periodSeconds, timeoutSeconds = 1, failureThreshold } = probe ?? {};
      expect([every, timeout, failures].map(Number), name).toEqual([periodSeconds, timeoutSeconds, failureThreshold]);
      expect(probePaths, name).toContain(path);
    }
    // A stuck process answers no probe, and only a timeout of the probe says so.
    expect(containers[0]?.['livenessProbe']?.timeoutSeconds).toBeGreaterThan(1);
  });

  it('starts what there is', async () => {
    const script = packageJson.bin['homepage-gateway'];
    expect(await read('Dockerfile')).toContain(script);
    expect(await read('ops/systemd/homepage-gateway.service')).toContain(script);
    const { spec } = (
      parse(await read('ops/kubernetes/deployment.yaml')) as {
        spec: { template: { spec: { terminationGracePeriodSeconds: number } } };
      }
    ).spec.template;
    // DRAIN_MS of the configuration there, the longest request, and two seconds.
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(10 + 10 + 2);
  });
});
