import { type SchemaDefinition, Types } from 'mongoose';

/** Collection `products`. */
export const product: SchemaDefinition = {
  name: String,
  brand: String,
  slug: String,
  url: String,
  image: String,
  imageAlt: String,
  imageWidth: Number,
  imageHeight: Number,
  price: Number,
  currency: String,
  category: Types.ObjectId,
  store: Types.ObjectId,
  rating: Number,
  cashback: Number,
  inventory: { stock: Number },
  featured: Boolean,
  isActive: Boolean,
  recommendationScore: Number,
  views: Number,
  createdAt: Date,
};
