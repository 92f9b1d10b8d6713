import type { FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { clientOf } from '../../../src/http/rate-limit/client-key.js';

const request = (ip: string, remoteAddress: string) =>
  ({ ip, socket: { remoteAddress } }) as Pick<FastifyRequest, 'ip' | 'socket'>;

it.each(['garbage', '', '1.2.3', '0177.0.0.1', "1.2.3.4'; drop"])('counts "%s" for the connection', (ip) => {
  expect(clientOf(request(ip, '10.0.0.1'), undefined)).toBe(clientOf(request('10.0.0.1', '9.9.9.9'), undefined));
});

it.each(['fe80::1%eth0.1', 'fe80::1%a-b', 'fe80::1%', '1.2.3.4%x'])('takes the zone of "%s" for what it is', (ip) => {
  const [plain = ''] = ip.split('%');
  expect(clientOf(request(ip, '10.0.0.1'), undefined)).toBe(clientOf(request(plain, '10.0.0.1'), undefined));
});

it('counts a signed-in user wherever they are, and in letters that may stand in a key', () => {
  const viewer = { userId: '507f1f77bcf86cd799439011' };
  expect(clientOf(request('1.2.3.4', '5.6.7.8'), viewer)).toBe('u:507f1f77bcf86cd799439011');
  expect(clientOf(request('2001:db8::1', '::1'), undefined)).toMatch(/^ip:[0-9a-f]{16}$/);
});
