import { type SchemaDefinition, Types } from 'mongoose';
import { point } from './point.js';

/** Collection `events`. */
export const event: SchemaDefinition = {
  title: String,
  subtitle: String,
  image: String,
  price: Number,
  location: point,
  date: Date,
  time: String,
  category: Types.ObjectId,
  organizer: String,
  featured: Boolean,
  isActive: Boolean,
  views: Number,
};
