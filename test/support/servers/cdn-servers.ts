import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from '../until.js';
import { freePort } from './redis-server.js';
import { startProcess } from './running-process.js';

/** A real cache in front of gateways, with the configuration of `ops/`. */
export interface CdnServer {
  readonly origin: string;
  /** What `PURGE_TARGETS` says for it. */
  readonly target: string;
  stop(): Promise<void>;
}

const portOf = (origin: string) => new URL(origin).port;

const answers = (origin: string) => async () => {
  const response = await fetch(`${origin}/images/`).catch(() => undefined);
  await response?.arrayBuffer();
  return response !== undefined;
};

export async function startNginx(gateways: readonly string[]): Promise<CdnServer> {
  const directory = await mkdtemp(join(tmpdir(), 'hg-nginx-'));
  const cache = join(directory, 'cache');
  await mkdir(cache);
  // Its workers run as another user when it is started by root.
  await Promise.all([chmod(directory, 0o777), chmod(cache, 0o777)]);
  const port = await freePort();
  const [first = '', ...others] = gateways.map(portOf);
  const shipped = await readFile('ops/nginx/homepage.conf', 'utf8');
  const server = (to: string) => `    server 127.0.0.1:${to} max_fails=2 fail_timeout=2s;`;
  const served = replaced(shipped, [
    [server('5000'), server(first)],
    [server('5001'), others.map(server).join('\n')],
    ['listen 8080', `listen 127.0.0.1:${port}`],
    ['/var/cache/nginx/homepage levels', `${cache} levels`],
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(directory, kind)};`,
  );
  const whole = [
    `pid ${join(directory, 'pid')};`,
    'daemon off;',
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'events { worker_connections 1024; }',
    `http { access_log off; ${temporary.join(' ')}`,
    served,
    '}',
  ];
  const file = join(directory, 'nginx.conf');
  await writeFile(file, whole.join('\n'));
  const nginx = startProcess('nginx', ['-c', file, '-p', directory, '-e', 'stderr'], { PATH: systemPath });
  const origin = `http://127.0.0.1:${port}`;
  await until(answers(origin), 10_000);
  return {
    origin,
    target: `nginx:${cache}`,
    stop: async () => {
      nginx.child.kill('SIGTERM');
      await nginx.ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function startVarnish(gateways: readonly string[]): Promise<CdnServer> {
  const directory = await mkdtemp(join(tmpdir(), 'hg-varnish-'));
  const port = await freePort();
  const [first = '', second = ''] = gateways.map(portOf);
  const shipped = await readFile('ops/varnish/homepage.vcl', 'utf8');
  const file = join(directory, 'homepage.vcl');
  await writeFile(
    file,
    replaced(shipped, [
      ['.port = "5000"', `.port = "${first}"`],
      ['.port = "5001"', `.port = "${second}"`],
    ]),
  );
  await Promise.all([chmod(directory, 0o777), chmod(file, 0o644)]);
  const listen = ['-F', '-a', `127.0.0.1:${port}`, '-f', resolve(file), '-n', join(directory, 'work')];
  const varnish = startProcess('varnishd', [...listen, '-s', 'malloc,64m', '-j', 'none'], { PATH: systemPath });
  const origin = `http://127.0.0.1:${port}`;
  await until(answers(origin), 20_000);
  return {
    origin,
    target: `varnish+http://127.0.0.1:${port}`,
    stop: async () => {
      varnish.child.kill('SIGTERM');
      await varnish.ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Both stand in `/usr/sbin`, which is not on every user's path. */
const systemPath = `${process.env['PATH'] ?? ''}:/usr/sbin`;

/** Each text exactly once, so that a change of the shipped file is noticed here. */
function replaced(text: string, changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((result, [from, to]) => {
    if (result.split(from).length !== 2) throw new Error(`expected once in the configuration: ${from}`);
    return result.replace(from, to);
  }, text);
}
