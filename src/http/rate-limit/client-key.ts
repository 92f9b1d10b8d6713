import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import type { Viewer } from '../../sections/define-section.js';

/** Bytes of an IPv6 address that name its network: one customer has a /64 at least, and all addresses in it. */
const IPV6_NETWORK_BYTES = 8;

/**
 * Who is counted together: a signed-in user, else an address. Hexadecimal digits only, so that it may stand in a key.
 * A forwarded address that is none (`X-Forwarded-For: garbage`) counts for the connection's own.
 */
export function clientOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>, viewer: Viewer | undefined): string {
  if (viewer !== undefined) return `u:${viewer.userId}`;
  return networkOf(ip) ?? clientKey(socket.remoteAddress);
}

/** All whose address is none are counted together. */
export const UNKNOWN_CLIENT = 'unknown';

/** Who is counted together by an address alone. */
export const clientKey = (address: string | undefined): string => networkOf(address) ?? UNKNOWN_CLIENT;

function networkOf(address = ''): string | undefined {
  // ipaddr.js would also take octal and shortened forms, as which one client could have many names.
  // A zone (RFC 4007) is the sender's own name for its network, and may be any text.
  const [plain = ''] = address.split('%');
  if (isIP(plain) === 0) return undefined;
  // An IPv4-mapped IPv6 address is the IPv4 address.
  const parsed = ipaddr.process(plain);
  const bytes = parsed.toByteArray();
  const network = parsed.kind() === 'ipv4' ? bytes : bytes.slice(0, IPV6_NETWORK_BYTES);
  return `ip:${Buffer.from(network).toString('hex')}`;
}
