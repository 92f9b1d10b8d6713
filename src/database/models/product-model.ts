import { type SchemaDefinition, Types } from 'mongoose';

/** Collection `products`. */
export const product: SchemaDefinition = {
  name: String,
  brand: String,
  image: String,
  price: Number,
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
