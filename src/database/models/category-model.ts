import type { SchemaDefinition } from 'mongoose';

/** Collection `categories`. */
export const category: SchemaDefinition = { name: String, slug: String };
