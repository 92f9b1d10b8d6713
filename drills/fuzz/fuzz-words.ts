/** The parts of malformed requests. Their order belongs to what a seed makes: append only. */
export const paths = [
  '/api/v1/homepage',
  '/products/featured',
  '/events/featured',
  '/offers',
  '/graphql',
  '/readyz',
  '/images/a',
];
export const methods = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'get', 'G\0T'];
export const parameters = [
  'limit',
  'sections',
  'location',
  'userId',
  'fresh',
  'fields',
  'fallback',
  'flashSale',
  'limit[$gt]',
  '__proto__',
];
export const documents = [
  '{ homepage { offers { items { id title } } metadata { ttl } } }',
  'query A($limit: Int = 3) { newArrivals(limit: $limit) { items { name store { name } } } }',
  '{ featuredEvents(location: { lng: 5, lat: 52 }) { items { ...E } } } fragment E on Event { title }',
];
/** What breaks parsers, logs, keys and queries. */
export const poison = [
  ...[
    '',
    '0',
    '-1',
    '1e309',
    '99999999999999999999',
    'NaN',
    'null',
    'true',
    '[]',
    '{}',
    '{"$gt":1}',
    '$where',
    '__proto__',
  ],
  ...[
    'constructor',
    '%00',
    '%',
    '%zz',
    '%0d%0aset-cookie: a',
    '../../etc/passwd',
    '"',
    "'",
    '\\',
    '\0',
    '\x7f',
    '\xff\xfe',
  ],
  ...[
    'offers',
    'events,,events',
    '10,20',
    '181,0',
    'a'.repeat(3000),
    '%F0%9F%98%80',
    '{'.repeat(300),
    '@include',
    '...',
  ],
];
export const names = [
  'x-request-id',
  'authorization',
  'accept',
  'accept-encoding',
  'if-none-match',
  'x-forwarded-for',
  'cookie',
];
