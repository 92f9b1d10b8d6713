import type { Config } from '../config/config.js';
import type { Clock } from '../core/clock.js';
import { demoOptions, startDemoDatabase } from './demo-database.js';
import { type ReadFault, setReadFault } from './demo-fault.js';
import { createDemoUser, createSecret, type DemoUser } from './demo-user.js';
import { cities } from './vocabulary.js';

/** What a gateway without `MONGODB_URI` serves. */
export interface Demo {
  uri: string;
  /** The gateway's `JWT_SECRET`, or a secret made for this start. */
  secret: string;
  user: DemoUser;
  /** Of its prices. */
  currency: string;
  /** Where stores and events are: a point in each city. */
  places: readonly { name: string; lng: number; lat: number }[];
  /** Makes reads of a collection fail or wait; `undefined` heals it. */
  setFault(fault: ReadFault | undefined): Promise<void>;
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
  const places = cities.flatMap(({ name, districts: [first] }) =>
    first === undefined ? [] : [{ name, lng: first.lng, lat: first.lat }],
  );
  const setFault = (fault: ReadFault | undefined) => setReadFault(uri, fault);
  return { uri, secret, user, currency: 'EUR', places, setFault, close };
}
