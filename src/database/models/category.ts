import type { SchemaDefinition } from 'mongoose';

/** Collection `categories` (spec section 2). */
export const category: SchemaDefinition = { name: String, slug: String };
