import { once } from 'node:events';
import type { Server } from 'node:net';
import { ConfigError } from './config/config.js';

/** What Node says when it cannot listen, in a sentence that names the variable. */
const sentences: Readonly<Record<string, (host: string, port: number, variable: string) => string>> = {
  EADDRINUSE: (host, port, variable) => `${variable}: expected a free port, but ${port} is taken on ${host}`,
  EACCES: (_, port, variable) => `${variable}: expected a port that this user may open, but ${port} needs more rights`,
  EADDRNOTAVAIL: (host) => `HOST: expected an address of this machine, got "${host}"`,
  ENOTFOUND: (host) => `HOST: expected an address or a name that can be resolved, got "${host}"`,
  EAI_AGAIN: (host) => `HOST: expected an address or a name that can be resolved, got "${host}"`,
  EINVAL: (host) => `HOST: expected an address of this machine, got "${host}"`,
};

/** Resolves when the server listens; rejects with a ConfigError when it cannot, because of where it was told to. */
export async function listenOn(
  server: Server,
  where: { host: string; port: number; variable?: string },
): Promise<void> {
  server.listen(where.port, where.host);
  await once(server, 'listening').catch((error) => {
    throw listenFault(error, where);
  });
}

/** The fault of the configuration for which a server cannot listen; any other error as it is. */
export function listenFault(error: unknown, options: { host: string; port: number; variable?: string }): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const sentence = sentences[code]?.(options.host, options.port, options.variable ?? 'PORT');
  return sentence === undefined ? error : new ConfigError([sentence]);
}
