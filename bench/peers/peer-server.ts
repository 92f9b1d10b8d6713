import 'reflect-metadata';
import { startApollo } from './apollo.js';
import { startBento } from './bento.js';
import { startMercurius } from './mercurius.js';
import type { StartPeer } from './peer.js';
import { openShop } from './peer-shop.js';
import { startPlainApollo } from './plain/plain-apollo.js';
import { startYoga } from './yoga.js';

const peers: Readonly<Record<string, StartPeer>> = {
  apollo: startApollo,
  yoga: startYoga,
  mercurius: startMercurius,
  bento: startBento,
  plain: startPlainApollo,
};

/** `server.ts NAME`, configured by PORT, MONGODB_URI, REDIS_URL and TTL_SECONDS. */
const [name = ''] = process.argv.slice(2);
const start = peers[name];
if (start === undefined) throw new Error(`No peer ${name}: one of ${Object.keys(peers).join(', ')}`);
// The plain project has no cache of its own, so that its documents are kept: else the database would be measured.
const shop = await openShop({ uri: process.env['MONGODB_URI'] ?? '', cached: name === 'plain' });
await start({
  shop,
  port: Number(process.env['PORT']),
  ttlSeconds: Number(process.env['TTL_SECONDS'] ?? 300),
  redisUrl: process.env['REDIS_URL'],
});
console.log('ready');
