import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from '../../src/config/redis-url.js';

describe('Redis URLs', () => {
  it.each([
    ['redis://localhost', { kind: 'standalone', hosts: [{ host: 'localhost', port: 6379 }], tls: false, db: 0 }],
    [
      'rediss://me:p%40ss@[::1]:7000/2',
      { kind: 'standalone', hosts: [{ host: '::1', port: 7000 }], tls: true, db: 2, username: 'me', password: 'p@ss' },
    ],
    [
      'redis+sentinel://:secret@h1,h2:26380/mymaster/1',
      {
        ...{ kind: 'sentinel', tls: false, db: 1, master: 'mymaster', password: 'secret' },
        hosts: [
          { host: 'h1', port: 26_379 },
          { host: 'h2', port: 26_380 },
        ],
      },
    ],
    [
      'rediss+cluster://h1:7001,h2',
      {
        ...{ kind: 'cluster', tls: true, db: 0 },
        hosts: [
          { host: 'h1', port: 7001 },
          { host: 'h2', port: 6379 },
        ],
      },
    ],
  ])('says where Redis is: %s', (url, target) => {
    expect(parseRedisUrl(url)).toEqual(target);
  });

  it.each([
    'http://x',
    'redis://',
    'redis:///0',
    'redis://h:99999',
    'redis://h:0',
    'redis://h:port',
    'redis://h/x',
    'redis://h1,h2',
    'redis://u:p@q@h',
    'redis://u:%zz@h',
    'redis://h?db=1',
    'redis://[nope]:1',
    'redis+sentinel://h1',
    'redis+sentinel://h1,,h2/main',
    'redis+cluster://h1,h2/3',
    'redis+proxy://h',
  ])('refuses %s', (url) => {
    expect(parseRedisUrl(url)).toBeUndefined();
  });
});
