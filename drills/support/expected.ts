import type { Document } from 'mongodb';
import type { Database } from './drill-processes.js';

/** The ids of the first ten items of justForYou, for a user or anonymous, computed from the database alone. */
export async function expectedFor({ db }: Database, userId: unknown): Promise<string[]> {
  const available = { isActive: true, 'inventory.stock': { $gt: 0 } };
  const recommendation = await db.collection('recommendations').findOne({ userId: userId ?? null });
  const items: Document[] = recommendation?.['items'] ?? [];
  const scores = new Map(items.map(({ productId, score }) => [String(productId), Number(score)]));
  const ids = items.map(({ productId }) => productId);
  const products = db.collection('products');
  const chosen = await products.find({ _id: { $in: ids }, ...available }).toArray();
  chosen.sort((a, b) => (scores.get(String(b._id)) ?? 0) - (scores.get(String(a._id)) ?? 0));
  const featured = await products
    .find({ featured: true, ...available, _id: { $nin: ids } })
    .sort({ recommendationScore: -1, views: -1, createdAt: -1 })
    .limit(10)
    .toArray();
  return [...chosen, ...featured].slice(0, 10).map(({ _id }) => String(_id));
}
