import { ADMIN_TOKEN, JWT_SECRET } from '../../test/support/servers/process-fixture.js';
import { ask } from './http.js';
import { type ServerProcess, startServer } from './server-process.js';

/** Of a gateway under measurement. */
export const productionEnv = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  // On, as in production, with a limit that refuses nothing.
  RATE_LIMIT_MAX: '1000000000',
  ...{ JWT_SECRET, ADMIN_TOKEN },
};

/** The gateway as `npm start` runs it in production, after a build; resolves when it is ready. */
export function startGateway(options: {
  env: Readonly<Record<string, string>>;
  core?: number;
  logFile?: string;
}): Promise<ServerProcess> {
  const { env, ...rest } = options;
  return startServer({
    command: ['node', '--enable-source-maps', 'dist/main.js'],
    readyPath: '/readyz',
    env: { ...productionEnv, ...env },
    ...rest,
  });
}

/** No entry of these tags' sections may be served from here on. */
export async function forbidEntries(origin: string, tags: readonly string[]): Promise<void> {
  const { status, bytes } = await ask(origin, {
    method: 'POST',
    path: '/admin/invalidate',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ mode: 'hard', tags }),
  });
  if (status !== 200) throw new Error(`/admin/invalidate answers ${status} ${bytes}`);
}
