import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { describeVariables, variableNames } from '../src/config/config.js';
import { type RunningProcess, startProcess } from './support/process.js';

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

/** A README answer is shortened: what it shows must be there, of the same kind; "..." stands for the rest of a text. */
function expectShown(shown: unknown, answer: unknown, path = '$'): void {
  if (Array.isArray(shown)) {
    expect(Array.isArray(answer), path).toBe(true);
    for (const [index, element] of shown.entries())
      expectShown(element, (answer as unknown[])[index], `${path}[${index}]`);
  } else if (typeof shown === 'object' && shown !== null) {
    for (const [key, value] of Object.entries(shown)) {
      expect(answer, path).toHaveProperty([key]);
      expectShown(value, (answer as Record<string, unknown>)[key], `${path}.${key}`);
    }
  } else {
    expect(typeof answer, path).toBe(typeof shown);
    if (typeof shown === 'string' && /^(limit|sections):/.test(shown))
      expect(answer).toContain(shown.replace('...', ''));
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
