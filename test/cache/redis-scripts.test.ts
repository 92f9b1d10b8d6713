import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisScripts } from '../../src/cache/redis/redis-scripts.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';

describe('scripts in Redis', () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedisServer();
    client = server.client();
  });
  afterAll(() => server.stop());

  const moment = (move: 0 | 1) => client.eval(redisScripts.hgMoment.lua, 1, 'clock', 'incarnation', 60_000, move);
  const ensure = (tag: string, at: string) => client.eval(redisScripts.hgEnsure.lua, 1, tag, at, 60_000);
  const invalidate = (tag: string, at: string) =>
    client.eval(redisScripts.hgInvalidate.lua, 1, tag, 's', 'h', at, 60_000, 'channel', 'message');
  const stamps = (tag: string) => client.hmget(tag, 's', 'h');

  it('of two invalidations that cross, the later one stays', async () => {
    await invalidate('crossed', 'i:5');
    await invalidate('crossed', 'i:3');
    expect(await stamps('crossed')).toEqual(['i:5', 'i:5']);
    await invalidate('crossed', 'i:7');
    expect(await stamps('crossed')).toEqual(['i:7', 'i:5']);
    await invalidate('crossed', 'new:9');
    expect(await stamps('crossed')).toEqual(['new:9', 'i:5']);
    await invalidate('crossed', 'i:8');
    expect(await stamps('crossed')).toEqual(['new:9', 'i:5']);
  });

  it('a tag gets its first stamps from the load that found it, and keeps those that it has', async () => {
    await ensure('met', 'i:5');
    await ensure('met', 'i:9');
    expect(await stamps('met')).toEqual(['i:5', 'i:5']);
  });

  it('a tag from before the clock was lost is met anew', async () => {
    await ensure('lost', 'old:5');
    await ensure('lost', 'new:9');
    expect(await stamps('lost')).toEqual(['new:9', 'new:9']);
  });

  it('a load from before the clock was lost takes away no invalidation from after it', async () => {
    await invalidate('kept', 'new:9');
    await ensure('kept', 'old:6');
    await ensure('kept', 'new:7');
    expect(await stamps('kept')).toEqual(['new:9', 'new:9']);
  });

  it('a clock that has lost its last steps does not repeat them', async () => {
    await moment(0);
    const before = await moment(1);
    await client.hset('clock', 'n', '1');
    const after = await moment(1);
    const countOf = (stamp: unknown) => Number(String(stamp).split(':')[1]);
    expect(countOf(after)).toBeGreaterThan(countOf(before));
    expect(await moment(0)).toBe(after);
  });
});
