import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator } from '../../../src/http/auth/authenticator.js';
import { createKeySet } from '../../../src/http/auth/key-set.js';
import { createKeySource } from '../../../src/http/auth/key-source.js';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.js';
import { createTestLogger } from '../../support/test-logger.js';

const userId = '507f1f77bcf86cd799439011';
// Long enough for HS512 too, so that nothing but its name keeps that out.
const secret = 'a secret of the tests, long enough for any of the HMAC algorithms';
const rsa = await generateKeyPair('RS256', { extractable: true });
const ec = await generateKeyPair('ES256', { extractable: true });
const later = await generateKeyPair('ES256', { extractable: true });
const setOf = async (...named: [kid: string, key: CryptoKey][]) =>
  JSON.stringify({ keys: await Promise.all(named.map(async ([kid, key]) => ({ kid, ...(await exportJWK(key)) }))) });
const both = await setOf(['rsa', rsa.publicKey], ['ec', ec.publicKey]);
const rotated = await setOf(['ec', ec.publicKey], ['later', later.publicKey]);

let clock: FakeClock;
let server: Server;
let url: string;
let answer: { status: number; body: string };
let requests: number;
let log: ReturnType<typeof createTestLogger>;

beforeEach(async () => {
  clock = createFakeClock();
  requests = 0;
  log = createTestLogger();
  answer = { status: 200, body: both };
  server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(answer.status).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/keys`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
});

function authenticator(location = url): Authenticator {
  const keys = createKeySet({ source: createKeySource({ location, clock }), clock, logger: log.logger });
  return createAuthenticator({ secret, keys, issuer: 'shop', audience: 'homepage', clock });
}

async function token(
  alg: string,
  kid: string | undefined,
  key: CryptoKey | Uint8Array,
  claims: Record<string, unknown> = {},
) {
  const now = Math.floor(clock.now() / 1000);
  const payload = { sub: userId, iss: 'shop', aud: 'homepage', exp: now + 90_000, ...claims };
  return `Bearer ${await new SignJWT(payload).setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) }).sign(key)}`;
}
const bytes = (text: string) => new TextEncoder().encode(text);
const codeOf = (viewer: Promise<unknown>) =>
  viewer.then(
    () => 'taken',
    ({ code }) => code,
  );

describe('tokens', () => {
  it('are taken by the key of their algorithm: the secret, or one of the set', async () => {
    const { viewer } = authenticator();
    for (const good of [
      token('HS256', 'any', bytes(secret)),
      token('RS256', 'rsa', rsa.privateKey),
      token('ES256', 'ec', ec.privateKey),
    ]) {
      expect(await viewer(await good)).toEqual({ userId });
    }
    expect(requests).toBe(1);
  });

  it.each([
    [
      'signed with the public key as a secret',
      async () => token('HS256', 'rsa', bytes(await exportSPKI(rsa.publicKey))),
    ],
    ['of another key under a known name', () => token('ES256', 'ec', later.privateKey)],
    ['of another algorithm than the key has', () => token('ES256', 'rsa', ec.privateKey)],
    ['of an algorithm that is not allowed', () => token('HS512', 'any', bytes(secret))],
    ['of another issuer', () => token('RS256', 'rsa', rsa.privateKey, { iss: 'other' })],
    ['for another audience', () => token('RS256', 'rsa', rsa.privateKey, { aud: 'other' })],
    ['that have been over for 61 s', () => token('RS256', 'rsa', rsa.privateKey, { exp: clock.now() / 1000 - 61 })],
    ['that begin in 61 s', () => token('RS256', 'rsa', rsa.privateKey, { nbf: clock.now() / 1000 + 61 })],
    ['that are too long', () => token('HS256', 'any', bytes(secret), { x: 'x'.repeat(9000) })],
  ])('%s are refused', async (_, make) => {
    expect(await codeOf(authenticator().viewer(await make()))).toBe('UNAUTHENTICATED');
  });

  it.each([['a list'], ['a number']])('whose subject is %s are refused', async (kind) => {
    const sub = kind === 'a list' ? [userId] : 5;
    expect(await codeOf(authenticator().viewer(await token('HS256', 'any', bytes(secret), { sub })))).toBe(
      'UNAUTHENTICATED',
    );
  });

  it.each([
    ['that name no key', undefined],
    ['whose name two keys have', 'same'],
  ])('%s are taken by each key of the set, and by no other', async (_, kid) => {
    answer.body = await setOf(['same', ec.publicKey], ['same', later.publicKey]);
    const { viewer } = authenticator();
    for (const { privateKey } of [ec, later]) {
      expect(await viewer(await token('ES256', kid, privateKey))).toEqual({ userId });
    }
    const foreign = await generateKeyPair('ES256');
    expect(await codeOf(viewer(await token('ES256', kid, foreign.privateKey)))).toBe('UNAUTHENTICATED');
    const over = await token('ES256', kid, later.privateKey, { exp: clock.now() / 1000 - 61 });
    expect(await codeOf(viewer(over))).toBe('UNAUTHENTICATED');
  });

  it('may be off by a minute', async () => {
    const now = clock.now() / 1000;
    const late = await token('RS256', 'rsa', rsa.privateKey, { exp: now - 59, nbf: now + 59 });
    expect(await authenticator().viewer(late)).toEqual({ userId });
  });
});

describe('a key set by URL', () => {
  it('is read once for many, again after ten minutes, and then without the keys that are gone', async () => {
    const { viewer } = authenticator();
    const old = await token('RS256', 'rsa', rsa.privateKey);
    await Promise.all(Array.from({ length: 20 }, () => viewer(old)));
    await clock.advance(599_000);
    await viewer(old);
    expect(requests).toBe(1);
    answer.body = rotated;
    await clock.advance(1000);
    expect(await codeOf(viewer(old))).toBe('UNAUTHENTICATED');
    expect(requests).toBeLessThanOrEqual(3);
  });

  it('is read again for a new key, and at most once in 30 s whatever names are sent', async () => {
    const { viewer } = authenticator();
    await viewer(await token('ES256', 'ec', ec.privateKey));
    answer.body = rotated;
    const fresh = await token('ES256', 'later', later.privateKey);
    expect(await Promise.all([viewer(fresh), viewer(fresh)])).toEqual([{ userId }, { userId }]);
    expect(requests).toBe(2);
    const forged = await Promise.all(Array.from({ length: 50 }, (_, n) => token('ES256', `no${n}`, later.privateKey)));
    const codes = new Set(await Promise.all(forged.map((each) => codeOf(viewer(each)))));
    expect([[...codes], requests]).toEqual([['UNAUTHENTICATED'], 2]);
    await clock.advance(30_000);
    await Promise.all(forged.map((each) => codeOf(viewer(each))));
    expect(requests).toBe(3);
  });

  it.each([
    ['an error', { status: 500, body: both }],
    ['no JSON', { status: 200, body: '{' }],
    ['no keys', { status: 200, body: '{"keys":[]}' }],
    ['too much', { status: 200, body: both + ' '.repeat(300_000) }],
  ])('serves on for a day while its source gives %s, with a warning', async (_, failure) => {
    const { viewer } = authenticator();
    const good = await token('RS256', 'rsa', rsa.privateKey);
    await viewer(good);
    answer = failure;
    await clock.advance(600_000);
    await Promise.all(Array.from({ length: 20 }, () => viewer(good)));
    await clock.advance(29_000);
    expect(await viewer(good)).toEqual({ userId });
    expect(requests).toBe(2);
    expect(log.lines).toMatchObject([{ level: 'WARN', message: 'key set cannot be loaded' }]);
    await clock.advance(86_400_000 - 630_000);
    expect(await viewer(good)).toEqual({ userId });
    await clock.advance(2000);
    expect(await codeOf(viewer(good))).toBe('SERVICE_UNAVAILABLE');
  });

  it('that was never there is no fault of the token, which is asked for every 5 s at most', async () => {
    answer.status = 503;
    const { viewer } = authenticator();
    const good = await token('RS256', 'rsa', rsa.privateKey);
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(viewer(good))));
    expect([new Set(codes), await codeOf(viewer(good)), requests]).toEqual([
      new Set(['SERVICE_UNAVAILABLE']),
      'SERVICE_UNAVAILABLE',
      1,
    ]);
    answer.status = 200;
    await clock.advance(5000);
    expect(await viewer(good)).toEqual({ userId });
  });
});

it('a key set in a file is seen to change within ten seconds', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hg-keys-'));
  const file = join(directory, 'keys.json');
  await writeFile(file, both);
  const { viewer } = authenticator(file);
  const old = await token('RS256', 'rsa', rsa.privateKey);
  expect(await viewer(old)).toEqual({ userId });
  await writeFile(file, rotated);
  await clock.advance(10_000);
  expect(await codeOf(viewer(old))).toBe('UNAUTHENTICATED');
  expect(await viewer(await token('ES256', 'later', later.privateKey))).toEqual({ userId });
  await rm(directory, { recursive: true });
});
