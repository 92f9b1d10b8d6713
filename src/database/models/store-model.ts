import { type SchemaDefinition, Types } from 'mongoose';
import { point } from './point.js';

/** Collection `stores`. */
export const store: SchemaDefinition = {
  name: String,
  logo: String,
  slug: String,
  url: String,
  image: String,
  imageAlt: String,
  imageWidth: Number,
  imageHeight: Number,
  rating: Number,
  cashback: Number,
  category: Types.ObjectId,
  location: point,
  tags: [String],
  featured: Boolean,
  isActive: Boolean,
  views: Number,
};
