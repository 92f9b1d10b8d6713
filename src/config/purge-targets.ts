/** A cache in front of the gateway that the purger tells what has changed. */
export type PurgeTarget =
  | { readonly kind: 'varnish'; readonly url: string }
  | { readonly kind: 'nginx'; readonly directory: string }
  | { readonly kind: 'fastly'; readonly service: string }
  | { readonly kind: 'cloudflare'; readonly zone: string };

/** `varnish+http://host:port`, `nginx:/directory`, `fastly:SERVICE`, `cloudflare:ZONE`; undefined when it is none of them. */
export function parsePurgeTarget(text: string): PurgeTarget | undefined {
  const [, scheme = '', rest = ''] = /^([a-z+]+):(.+)$/.exec(text.trim()) ?? [];
  switch (scheme) {
    case 'varnish+http':
    case 'varnish+https': {
      const url = `${scheme.slice('varnish+'.length)}:${rest}`;
      return /^\/\/[^/@]+\/?$/.test(rest) && URL.canParse(url)
        ? { kind: 'varnish', url: new URL(url).origin }
        : undefined;
    }
    case 'nginx':
      return rest.startsWith('/') ? { kind: 'nginx', directory: rest } : undefined;
    case 'fastly':
      return isId(rest) ? { kind: 'fastly', service: rest } : undefined;
    case 'cloudflare':
      return isId(rest) ? { kind: 'cloudflare', zone: rest } : undefined;
    default:
      return undefined;
  }
}

const isId = (text: string) => /^\w+$/.test(text);

/** The targets of a comma-separated list. */
export const purgeTargetsIn = (list: string): PurgeTarget[] =>
  list.split(',').flatMap((text) => parsePurgeTarget(text) ?? []);

/** What in a comma-separated list is no target. */
export const notPurgeTargets = (list: string): string[] =>
  list.split(',').filter((text) => parsePurgeTarget(text) === undefined);
