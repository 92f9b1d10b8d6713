import { type SchemaDefinition, Types } from 'mongoose';
import { point } from './point.js';

/** Collection `events`. */
export const event: SchemaDefinition = {
  title: String,
  subtitle: String,
  slug: String,
  url: String,
  image: String,
  imageAlt: String,
  imageWidth: Number,
  imageHeight: Number,
  price: Number,
  currency: String,
  location: point,
  date: Date,
  time: String,
  category: Types.ObjectId,
  organizer: String,
  featured: Boolean,
  isActive: Boolean,
  views: Number,
};
