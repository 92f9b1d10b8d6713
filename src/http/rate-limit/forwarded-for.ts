import type { FastifyInstance } from 'fastify';

/** `[v6]`, with a port or without, and `v4:port`. A bare IPv6 address has colons, and no port. */
const IPV6 = /^\[([^\]]*)\](?::\d*)?$/;
const IPV4_PORT = /^([\d.]+):\d*$/;

/**
 * Takes the ports out of `X-Forwarded-For`, which some proxies write (Azure Application Gateway: `ip:port`). With them no
 * entry is an address: no proxy would be recognised, and every client would count as the last proxy.
 */
export function readForwardedFor(server: FastifyInstance): void {
  server.addHook('onRequest', async ({ headers }) => {
    const given = headers['x-forwarded-for'];
    if (given !== undefined) headers['x-forwarded-for'] = withoutPorts(String(given));
  });
}

/** A list of addresses, as `X-Forwarded-For` has it, without ports. */
export const withoutPorts = (list: string): string => list.split(',').map(addressOf).join(', ');

function addressOf(entry: string): string {
  const text = entry.trim();
  return IPV6.exec(text)?.[1] ?? IPV4_PORT.exec(text)?.[1] ?? text;
}
