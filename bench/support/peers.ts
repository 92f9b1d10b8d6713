import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ServerProcess, startServer } from './server-process.js';

const folder = fileURLToPath(new URL('../peers/', import.meta.url));

/** Packages that only benchmarks need stand in a package of their own, which the product does not install. */
export function installPeers(): void {
  if (existsSync(`${folder}node_modules/.package-lock.json`)) return;
  console.log('Installing the peers, once: npm ci --prefix bench/peers');
  execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel', 'error'], {
    stdio: 'inherit',
  });
}

/** A script of bench/peers, compiled as it is loaded. */
const peerScript = (script: string): readonly string[] => ['node', '--import', 'tsx', `${folder}${script}`];
const peerEnv = { TSX_TSCONFIG_PATH: `${folder}tsconfig.json` };

/** What a script of bench/peers prints when it is given `input` as JSON on standard input. Throws what it complains of. */
export function peerOutput(script: string, input: unknown): string {
  const [command = '', ...args] = peerScript(script);
  const { status, stdout, stderr } = spawnSync(command, args, {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...peerEnv },
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
  return stdout;
}

/** One of the servers of bench/peers/peer-server.ts. */
export function startPeer(options: {
  name: string;
  env: Readonly<Record<string, string>>;
  core?: number;
}): Promise<ServerProcess> {
  const { name, env, ...rest } = options;
  return startServer({
    command: [...peerScript('peer-server.ts'), name],
    env: { NODE_ENV: 'production', ...peerEnv, ...env },
    readyPath: '/',
    ...rest,
  });
}
