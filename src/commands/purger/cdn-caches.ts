import type { InvalidationMode } from '../../cache/invalidation-log.js';
import type { PurgeTarget } from '../../config/purge-targets.js';
import { deleteTaggedFiles } from './nginx-files.js';

/** A cache in front of the gateway. */
export interface CdnCache {
  /** For log lines; holds no secret. */
  readonly name: string;
  /**
   * Marks what carries one of these `Cache-Tag`s as stale (soft), or removes it (hard). Rejects when the cache did not take it.
   */
  purge(tags: readonly string[], mode: InvalidationMode): Promise<void>;
}

/** Secrets of the services, and where their APIs are. */
export interface PurgeAccess {
  fastlyToken?: string | undefined;
  cloudflareToken?: string | undefined;
  fastlyApi?: string;
  cloudflareApi?: string;
}

/** The longest that a purge may take. */
const PURGE_TIMEOUT_MS = 5000;
/** Cloudflare takes so many tags in one call, Fastly 256. */
const CLOUDFLARE_TAGS = 30;
const FASTLY_TAGS = 256;

/** How each kind of cache is told, in the form of its own documentation. */
export function createCdnCache(target: PurgeTarget, access: PurgeAccess): CdnCache {
  switch (target.kind) {
    case 'varnish':
      // ops/varnish/homepage.vcl: keys of xkey, soft or hard.
      return {
        name: `varnish ${target.url}`,
        purge: (tags, mode) =>
          call(target.url, 'PURGE', { [mode === 'soft' ? 'xkey-softpurge' : 'xkey-purge']: tags.join(' ') }),
      };
    case 'nginx':
      // nginx has no way to mark a file as stale from outside: it is removed in both modes, and the gateway keeps the grace.
      return { name: `nginx ${target.directory}`, purge: (tags) => deleteTaggedFiles(target.directory, tags) };
    case 'fastly': {
      const { fastlyToken = '', fastlyApi = 'https://api.fastly.com' } = access;
      const headers = { 'fastly-key': fastlyToken, accept: 'application/json' };
      return {
        name: `fastly ${target.service}`,
        purge: async (tags, mode) => {
          for (const keys of chunks(tags, FASTLY_TAGS)) {
            await call(`${fastlyApi}/service/${target.service}/purge`, 'POST', {
              ...headers,
              'surrogate-key': keys.join(' '),
              ...(mode === 'soft' ? { 'fastly-soft-purge': '1' } : {}),
            });
          }
        },
      };
    }
    case 'cloudflare': {
      const { cloudflareToken = '', cloudflareApi = 'https://api.cloudflare.com' } = access;
      const headers = { authorization: `Bearer ${cloudflareToken}`, 'content-type': 'application/json' };
      return {
        name: `cloudflare ${target.zone}`,
        purge: async (tags) => {
          for (const some of chunks(tags, CLOUDFLARE_TAGS)) {
            const url = `${cloudflareApi}/client/v4/zones/${target.zone}/purge_cache`;
            await call(url, 'POST', headers, JSON.stringify({ tags: some }));
          }
        },
      };
    }
  }
}

function chunks(tags: readonly string[], size: number): string[][] {
  const count = Math.ceil(tags.length / size);
  return Array.from({ length: count }, (_, index) => tags.slice(index * size, (index + 1) * size));
}

async function call(url: string, method: string, headers: Record<string, string>, body?: string): Promise<void> {
  const signal = AbortSignal.timeout(PURGE_TIMEOUT_MS);
  const response = await fetch(url, { method, headers, signal, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} was answered ${response.status} ${text.slice(0, 200)}`);
}
