import { type Drill, exactly } from '../../support/drill.js';
import { type Gateway, playing, sectionIds, startLone } from '../../support/drill-processes.js';

const idsOf = async (gateway: Gateway): Promise<string[]> => {
  const { sections } = await gateway.page();
  return Object.values(sections).flatMap((section) => section?.items.map(({ id }) => id) ?? []);
};

/** Pub/sub knows no numbers of databases, so that these are in the names of channels. */
export const twoShops: Drill = {
  name: 'two-shops',
  summary: 'shops share a Redis by REDIS_PREFIX or by number of database: none sees items or invalidations of another',
  run: (scale) =>
    playing(undefined, async ({ fixture }) => {
      const rounds = scale === 'full' ? 20 : 3;
      const redis = await fixture.redis();
      const places = [
        { REDIS_URL: redis.url, REDIS_PREFIX: 'shop-a' },
        { REDIS_URL: redis.url, REDIS_PREFIX: 'shop-b' },
        { REDIS_URL: `${redis.url}/1`, REDIS_PREFIX: 'shop-a' },
      ];
      const shops = await Promise.all(
        places.map(async (env, index) => {
          const { uri: MONGODB_URI } = await fixture.database({ seed: index + 1 });
          return startLone(fixture, { MONGODB_URI, LOG_LEVEL: 'debug', ...env });
        }),
      );
      const own = await Promise.all(shops.map(idsOf));
      const marks = shops.map((shop) => shop.mark());
      let mixed = 0;
      let reloaded = 0;
      const [first, ...others] = shops;
      for (let round = 0; round < rounds; round += 1) {
        await first?.invalidate('hard');
        for (const [index, shop] of shops.entries()) {
          mixed += (await idsOf(shop)).filter((id) => !own[index]?.includes(id)).length;
        }
        const pages = await Promise.all(others.map((shop) => shop.page()));
        reloaded += pages
          .flatMap(({ statuses }) => Object.values(statuses))
          .filter((status) => status !== 'CACHED').length;
      }
      const heard = others.flatMap((shop) => shop.logged('cache invalidation', marks[shops.indexOf(shop)]));
      const { length: shown } = own.flat();
      return [
        exactly('items of one shop that another one shows too', shown - new Set(own.flat()).size - repeated(own), 0),
        exactly(`items of another shop after ${rounds} hard invalidations of the first`, mixed, 0),
        exactly(`sections of the others not CACHED, of ${rounds * others.length * sectionIds.length}`, reloaded, 0),
        exactly('invalidations that the others heard', heard.length, 0),
      ];
    }),
};

/** An item may stand in two sections of its own shop. */
const repeated = (lists: readonly string[][]) => lists.reduce((sum, ids) => sum + ids.length - new Set(ids).size, 0);
