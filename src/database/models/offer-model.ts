import { type SchemaDefinition, Types } from 'mongoose';

/** Collection `offers`; a flash sale is an offer with `metadata.flashSale.isActive`. */
export const offer: SchemaDefinition = {
  title: String,
  subtitle: String,
  slug: String,
  url: String,
  image: String,
  imageAlt: String,
  imageWidth: Number,
  imageHeight: Number,
  discountedPrice: Number,
  currency: String,
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
