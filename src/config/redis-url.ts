import { isIP } from 'node:net';

/** Where Redis is, and how it is deployed. */
export interface RedisTarget {
  readonly kind: 'standalone' | 'sentinel' | 'cluster';
  /** Of a sentinel target the sentinels, of a cluster some of its nodes. */
  readonly hosts: readonly { host: string; port: number }[];
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  /** Number of the database; 0 on a cluster, which has no other. */
  readonly db: number;
  /** Name of the master that the sentinels watch. */
  readonly master?: string;
}

/**
 * Version of what the gateway writes to Redis, part of every key and channel. Raise it when entries, keys or messages
 * change so that an older gateway on the same Redis would misread them.
 */
export const REDIS_LAYOUT = 2;

const REDIS_URL =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?#@]+)(?<path>(?:\/[^?#]*)?)$/;
const ADDRESS = /^(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^\s:[\]]+))(?::(?<port>\d{1,5}))?$/;

/** What follows the hosts: a database; a master, with or without a database; on a cluster nothing, or database 0. */
const paths: Readonly<Record<RedisTarget['kind'], RegExp>> = {
  standalone: /^(?:\/(?<db>\d{0,5}))?$/,
  sentinel: /^\/(?<master>[^/]+)(?:\/(?<db>\d{0,5}))?$/,
  cluster: /^(?:\/(?<db>0?))?$/,
};

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;

/**
 * Reads `redis[s]://host[:port][/db]`, `redis[s]+sentinel://host[:port],.../master[/db]` or
 * `redis[s]+cluster://host[:port],...`, each with `user:password@` before the hosts where needed; undefined for anything else.
 */
export function parseRedisUrl(url: string): RedisTarget | undefined {
  const parts = REDIS_URL.exec(url)?.groups;
  if (parts === undefined) return undefined;
  const kind = parts['kind'] === 'sentinel' || parts['kind'] === 'cluster' ? parts['kind'] : 'standalone';
  const path = paths[kind].exec(parts['path'] ?? '')?.groups;
  if (path === undefined) return undefined;
  const addresses = (parts['hosts'] ?? '').split(',');
  const defaultPort = kind === 'sentinel' ? SENTINEL_PORT : REDIS_PORT;
  const hosts = addresses.flatMap((address) => parseAddress(address, defaultPort) ?? []);
  if (hosts.length < addresses.length || (kind === 'standalone' && hosts.length > 1)) return undefined;
  try {
    const [username, password, master] = [parts['user'], parts['password'], path['master']].map((text) =>
      decodeURIComponent(text ?? ''),
    );
    return {
      kind,
      hosts,
      tls: parts['tls'] === 's',
      db: Number(path['db'] ?? 0),
      ...(username ? { username } : {}),
      ...(password ? { password } : {}),
      ...(master ? { master } : {}),
    };
  } catch {
    // A percent sign that begins no code.
    return undefined;
  }
}

function parseAddress(address: string, defaultPort: number): { host: string; port: number } | undefined {
  const { ipv6, name, port: portText } = ADDRESS.exec(address)?.groups ?? {};
  const host = ipv6 ?? name;
  if (host === undefined || (ipv6 !== undefined && isIP(ipv6) !== 6)) return undefined;
  const port = portText === undefined ? defaultPort : Number(portText);
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}
