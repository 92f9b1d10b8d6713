import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { describeVariables, variableNames } from '../src/config/variables.js';
import { type RunningProcess, startProcess } from './support/servers/running-process.js';

const readme = await readFile('README.md', 'utf8');
const curls = [...readme.matchAll(/```sh\n(curl [^\n]+)\n```\n\n```json\n([\s\S]*?)\n```/g)];
let gateway: RunningProcess;
let origin: string;

beforeAll(async () => {
  gateway = startProcess('npm', ['start'], { PORT: '0' });
  [, origin = ''] = await gateway.printed(/(http:\/\/localhost:\d+)\/graphql/);
}, 60_000);
afterAll(async () => {
  gateway.child.kill('SIGTERM');
  // What npm started must have ended as well, or its output would still be open.
  expect([0, 143, 'SIGTERM']).toContain(await gateway.ended);
});

/** What differs from one request, start or day to the next, and what is shown in its place. */
const moving: Readonly<Record<string, RegExp>> = {
  lastUpdated: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  ttl: /^\d+$/,
  ageMs: /^\d+$/,
  durationMs: /^\d+$/,
  executionTime: /^\d+$/,
  // Warming may have come first.
  fromCache: /^(true|false)$/,
  status: /^(FRESH|CACHED)$/,
};

/** A README answer leaves out keys, and "..." stands for the rest of a text; everything else must be answered as it is shown. */
function expectShown(shown: unknown, answer: unknown, path = '$'): void {
  const pattern = moving[path.slice(path.lastIndexOf('.') + 1)];
  if (Array.isArray(shown)) {
    expect(answer, path).toHaveLength(shown.length);
    for (const [index, element] of shown.entries())
      expectShown(element, (answer as unknown[])[index], `${path}[${index}]`);
  } else if (typeof shown === 'object' && shown !== null) {
    expect(answer, path).toEqual(expect.any(Object));
    for (const [key, value] of Object.entries(shown)) {
      expect(answer, path).toHaveProperty([key]);
      expectShown(value, (answer as Record<string, unknown>)[key], `${path}.${key}`);
    }
  } else if (pattern !== undefined) {
    expect([typeof answer, String(shown), String(answer)], path).toEqual([
      typeof shown,
      expect.stringMatching(pattern),
      expect.stringMatching(pattern),
    ]);
  } else if (typeof shown === 'string' && shown.endsWith('...')) {
    expect(answer, path).toEqual(expect.stringContaining(shown.slice(0, -'...'.length)));
  } else {
    expect(answer, path).toBe(shown);
  }
}

describe('README', () => {
  it('has four calls with their answers', () => {
    expect(curls).toHaveLength(4);
  });

  it.each(curls.map(([, command, answer]) => [command, answer]))('%s', async (command = '', answer = '') => {
    const { stdout } = await promisify(execFile)('sh', ['-c', command.replaceAll('http://localhost:5000', origin)]);
    expectShown(JSON.parse(answer), JSON.parse(stdout));
  });

  it('names only commands that there are', () => {
    const scripts = Object.keys(packageJson.scripts);
    const named = [...readme.matchAll(/npm run ([\w-]+)/g)].map(([, script]) => script);
    expect(named.length).toBeGreaterThan(4);
    for (const script of named) expect(scripts).toContain(script);
  });

  it('lists every variable with its default', () => {
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (?:`([^`]+)`)? ?\|/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    expect(rows.map(([name]) => name)).toEqual(variableNames);
    for (const [name, value] of rows) {
      const line = describeVariables()
        .split('\n')
        .find((text) => text.includes(`  ${name} `));
      expect(line).toContain(value === undefined ? name : `(default ${value})`);
      if (value === undefined) expect(line).not.toContain('(default');
    }
  });
});
