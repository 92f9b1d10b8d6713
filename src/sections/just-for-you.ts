import { Types, trusted } from 'mongoose';
import { standardPolicy } from '../core/cache-policy.js';
import { defineSection, type LoadArguments, type SectionPage, type Viewer } from './define-section.js';
import { productItem } from './items/product.js';

export const justForYou = defineSection({
  id: 'justForYou',
  title: 'Just for You',
  type: 'recommendations',
  item: productItem,
  scope: 'personal',
  dependsOn: ['products', 'recommendations', 'stores', 'categories'],
  cache: standardPolicy,
  load: (args) => (args.viewer === undefined ? featured(args, []) : recommended(args, args.viewer)),
});

/**
 * How many recommended products are looked at: ten times the largest page, so that a page is full although most of them
 * are sold out, and a recommender's endless document makes no endless query.
 */
const MAX_RECOMMENDED = 200;

const available = () => ({ isActive: true, 'inventory.stock': trusted({ $gt: 0 }) });

// index: products.featured_score
function featured({ products, limit, read }: LoadArguments, without: readonly Types.ObjectId[]): Promise<SectionPage> {
  return products.page({
    filter: { featured: true, ...available(), ...(without.length > 0 ? { _id: trusted({ $nin: without }) } : {}) },
    sort: { recommendationScore: -1, views: -1, createdAt: -1 },
    select: productItem.select,
    limit,
    ...read,
  });
}

/**
 * What was recommended to this user and can be bought, best score first, topped up from the featured products.
 * Leaving out everything recommended, and not only what can be bought, gives the same top-up in one round trip less.
 * `total` counts what this list could ever show: the best recommended ones that can be bought, and all other featured
 * products. What was recommended beyond MAX_RECOMMENDED counts only where it is featured, once, as part of the top-up.
 */
async function recommended(args: LoadArguments, viewer: Viewer): Promise<SectionPage> {
  const { products, recommendations, limit, read } = args;
  // index: recommendations.user
  const [recommendation] = await recommendations.find({
    filter: { userId: viewer.userId },
    select: ['items'],
    limit: 1,
    ...read,
  });
  const scores = scoresByProduct(recommendation?.items);
  const ids = [...scores.keys()].map((id) => new Types.ObjectId(id));
  const [chosen, topUp] = await Promise.all([
    ids.length === 0
      ? []
      : products.find({
          filter: { _id: trusted({ $in: ids }), ...available() },
          select: productItem.select,
          ...read,
        }),
    featured(args, ids),
  ]);
  const score = (document: (typeof chosen)[number]) => scores.get(String(document._id)) ?? 0;
  const best = [...chosen].sort((a, b) => score(b) - score(a));
  return {
    documents: [...best, ...topUp.documents].slice(0, limit),
    total: chosen.length + topUp.total,
    scores: Object.fromEntries(best.map((document) => [String(document._id), score(document)])),
  };
}

/** The best product ids with their best scores, best first; what is malformed in the recommender's document is passed over. */
function scoresByProduct(items: unknown): Map<string, number> {
  const scores = new Map<string, number>();
  for (const item of Array.isArray(items) ? items : []) {
    const { productId, score } = (item ?? {}) as { productId?: unknown; score?: unknown };
    if (!(productId instanceof Types.ObjectId) || typeof score !== 'number' || !Number.isFinite(score)) continue;
    const id = String(productId);
    scores.set(id, Math.max(score, scores.get(id) ?? score));
  }
  return new Map([...scores].sort(([, a], [, b]) => b - a).slice(0, MAX_RECOMMENDED));
}
