import { electronics } from './electronics.js';
import { home } from './home.js';
import { leisure } from './leisure.js';
import type { ShopCategory } from './shop-category.js';
import { wear } from './wear.js';

/** The twelve categories of the demo shop; a category's index is its place here. */
export const shopCategories: readonly ShopCategory[] = [...wear, ...home, electronics, ...leisure];
