import DataLoader from 'dataloader';
import { type Document, type Filter, MongoClient, ObjectId } from 'mongodb';

/** A section as the schema shows it, its references joined. */
export interface SectionValue {
  section: string;
  title: string;
  type: string;
  items: readonly Document[];
  total: number;
  hasMore: boolean;
}

export interface SectionQuery {
  limit: number;
  userId?: string | undefined;
}

interface Plan {
  section: string;
  title: string;
  type: string;
  collection: string;
  filter(now: Date): Filter<Document>;
  sort: Readonly<Record<string, 1 | -1>>;
}

const available = { isActive: true, 'inventory.stock': { $gt: 0 } };

/** The sections' queries, written for the driver as an ordinary project would. */
const plans = {
  justForYou: {
    ...{ section: 'JUST_FOR_YOU', title: 'Just for You', type: 'recommendations', collection: 'products' },
    filter: () => ({ featured: true, ...available }),
    sort: { recommendationScore: -1, views: -1, createdAt: -1 },
  },
  newArrivals: {
    ...{ section: 'NEW_ARRIVALS', title: 'New Arrivals', type: 'products', collection: 'products' },
    filter: () => available,
    sort: { createdAt: -1 },
  },
  trendingStores: {
    ...{ section: 'TRENDING_STORES', title: 'Trending Stores', type: 'stores', collection: 'stores' },
    filter: () => ({ featured: true, isActive: true }),
    sort: { rating: -1, views: -1 },
  },
  events: {
    ...{ section: 'EVENTS', title: 'Events', type: 'events', collection: 'events' },
    filter: (now) => ({ featured: true, isActive: true, date: { $gte: now } }),
    sort: { date: 1, views: -1 },
  },
  offers: {
    ...{ section: 'OFFERS', title: 'Offers', type: 'offers', collection: 'offers' },
    filter: (now) => ({ featured: true, isActive: true, validity: { $gte: now } }),
    sort: { createdAt: -1 },
  },
  flashSales: {
    ...{ section: 'FLASH_SALES', title: 'Flash Sales', type: 'offers', collection: 'offers' },
    filter: (now) => ({ 'metadata.flashSale.isActive': true, isActive: true, validity: { $gte: now } }),
    sort: { 'metadata.flashSale.salePrice': 1 },
  },
} as const satisfies Record<string, Plan>;

export type SectionKey = keyof typeof plans;
export const sectionKeys = Object.keys(plans) as readonly SectionKey[];

/** DataLoaders of one request. */
export interface Loaders {
  category: DataLoader<string, Document | null>;
  store: DataLoader<string, Document | null>;
}

export interface Shop {
  /** The section's documents as they stand in the database, with `id` for `_id` and references as ids in hexadecimal digits. */
  documents(key: SectionKey, query: SectionQuery): Promise<SectionValue>;
  /** The same with references joined. Rejects with the driver's errors. */
  section(key: SectionKey, query: SectionQuery): Promise<SectionValue>;
  createLoaders(): Loaders;
}

/** The shop's data over the driver. With `cached`, each distinct read is made once and kept for the life of the process. */
export async function openShop(options: { uri: string; cached: boolean }): Promise<Shop> {
  const client = new MongoClient(options.uri, { serverSelectionTimeoutMS: 2000, maxPoolSize: 50 });
  await client.connect();
  const db = client.db();
  const kept = new Map<string, Promise<unknown>>();
  const once = <Value>(key: string, read: () => Promise<Value>): Promise<Value> => {
    if (!options.cached) return read();
    const found = (kept.get(key) as Promise<Value> | undefined) ?? read();
    kept.set(key, found);
    return found;
  };

  const documents = async (key: SectionKey, { limit, userId }: SectionQuery): Promise<SectionValue> => {
    const plan: Plan = plans[key];
    const collection = db.collection(plan.collection);
    const filter = plan.filter(new Date());
    const find = (given: Filter<Document>) => collection.find(given).sort(plan.sort).limit(limit).toArray();
    const [found, total] =
      key === 'justForYou' && userId !== undefined
        ? await recommended(userId, filter, find)
        : await Promise.all([find(filter), collection.countDocuments(filter)]);
    const { section, title, type } = plan;
    return { section, title, type, items: found.slice(0, limit).map(plain), total, hasMore: total > limit };
  };

  const recommended = async (
    userId: string,
    filter: Filter<Document>,
    find: (filter: Filter<Document>) => Promise<Document[]>,
  ): Promise<[Document[], number]> => {
    const recommendation = await db.collection('recommendations').findOne({ userId: new ObjectId(userId) });
    const items: { productId: ObjectId; score: number }[] = recommendation?.['items'] ?? [];
    const scores = new Map(items.map(({ productId, score }) => [String(productId), score]));
    const ids = items.map(({ productId }) => productId);
    const [chosen, topUp] = await Promise.all([
      db
        .collection('products')
        .find({ _id: { $in: ids }, ...available })
        .toArray(),
      find({ ...filter, _id: { $nin: ids } }),
    ]);
    chosen.sort((a, b) => (scores.get(String(b._id)) ?? 0) - (scores.get(String(a._id)) ?? 0));
    return [[...chosen, ...topUp], chosen.length + topUp.length];
  };

  const loader = (collection: string) =>
    new DataLoader<string, Document | null>(async (ids) => {
      const found = await once(`${collection} ${[...ids].sort().join()}`, () =>
        db
          .collection(collection)
          .find({ _id: { $in: ids.map((id) => new ObjectId(id)) } })
          .toArray(),
      );
      const byId = new Map(found.map((document) => [String(document._id), plain(document)]));
      return ids.map((id) => byId.get(id) ?? null);
    });
  const createLoaders = () => ({ category: loader('categories'), store: loader('stores') });

  const shop: Shop = {
    documents: (key, query) => once(`${key} ${JSON.stringify(query)}`, () => documents(key, query)),
    section: async (key, query) => {
      const value = await shop.documents(key, query);
      const loaders = createLoaders();
      const items = await Promise.all(
        value.items.map(async (item) => ({
          ...item,
          ...(item['category'] ? { category: await loaders.category.load(item['category']) } : {}),
          ...(item['store'] ? { store: await loaders.store.load(item['store']) } : {}),
        })),
      );
      return { ...value, items };
    },
    createLoaders,
  };
  return shop;
}

/** Values that JSON can carry, so that every cache can store them. */
function plain({ _id, ...rest }: Document): Document {
  return JSON.parse(JSON.stringify({ id: _id, ...rest })) as Document;
}
