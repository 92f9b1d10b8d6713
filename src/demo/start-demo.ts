import type { Config } from '../config/config.js';
import type { Clock } from '../core/clock.js';
import { demoOptions, startDemoDatabase } from './demo-database.js';
import { createDemoUser, createSecret, type DemoUser } from './demo-user.js';

/** What a gateway without `MONGODB_URI` serves. */
export interface Demo {
  uri: string;
  /** The gateway's `JWT_SECRET`, or a secret made for this start. */
  secret: string;
  user: DemoUser;
  /** Of its prices. */
  currency: string;
  close(): Promise<void>;
}

/** Demo data in an embedded database on a free port of loopback, and a demo user with a token. */
export async function startDemo(options: { auth: Config['auth']; clock: Clock }): Promise<Demo> {
  const { auth, clock } = options;
  const products = demoOptions.products.default;
  const seed = demoOptions.seed.default;
  const secret = auth.secret ?? createSecret();
  const [{ uri, close }, user] = await Promise.all([
    startDemoDatabase({ port: 0, products, seed, clock }),
    createDemoUser({ ...auth, secret, seed }),
  ]);
  return { uri, secret, user, currency: 'EUR', close };
}
