import { isIP } from 'node:net';

/** As Fastify's `trustProxy`: addresses, ranges, or its names for the usual ranges. */
export function isTrust(value: string): boolean {
  return /^(true|false|\d{1,3})$/.test(value) || value.split(',').every((part) => isAddressRange(part.trim()));
}

function isAddressRange(value: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(value)) return true;
  const [address = '', prefix, ...rest] = value.split('/');
  const bits = { 4: 32, 6: 128 }[isIP(address)];
  if (bits === undefined || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}

/** What Fastify's `trustProxy` takes. A number of hops is given as a function, because Fastify trusts no proxy when given a number. */
export function trustOf(value = 'false'): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^\d+$/.test(value) ? (_address, hop) => hop < Number(value) : value.split(',').map((part) => part.trim());
}
