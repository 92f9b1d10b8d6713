import type { Shop } from './peer-shop.js';

/** What every peer is started with. */
export interface PeerOptions {
  shop: Shop;
  port: number;
  /** How long an answer, or a section, is fresh. */
  ttlSeconds: number;
  /** Without it a peer caches in its own memory. */
  redisUrl?: string | undefined;
}

/** Serves POST /graphql on loopback; POST /invalidate makes events stale where the peer has a way to. */
export type StartPeer = (options: PeerOptions) => Promise<void>;

/** Who asks: peers take the user's id as it is, which costs them less than the gateway's verified token. */
export const USER_HEADER = 'x-user';

export const userOf = (headers: Readonly<Record<string, unknown>>): string | undefined => {
  const user = headers[USER_HEADER];
  return typeof user === 'string' ? user : undefined;
};
