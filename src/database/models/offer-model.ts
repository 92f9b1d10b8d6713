import { type SchemaDefinition, Types } from 'mongoose';

/** Collection `offers`; a flash sale is an offer with `metadata.flashSale.isActive`. */
export const offer: SchemaDefinition = {
  title: String,
  subtitle: String,
  image: String,
  discountedPrice: Number,
  originalPrice: Number,
  cashbackPercentage: Number,
  validity: Date,
  category: Types.ObjectId,
  store: Types.ObjectId,
  metadata: { flashSale: { isActive: Boolean, salePrice: Number } },
  featured: Boolean,
  isActive: Boolean,
  createdAt: Date,
};
