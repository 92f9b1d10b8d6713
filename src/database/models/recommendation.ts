import { type SchemaDefinition, Types } from 'mongoose';

/** Collection `recommendations`: what a recommender wrote for one user, `score` from 0 to 1. */
export const recommendation: SchemaDefinition = {
  userId: Types.ObjectId,
  items: [{ productId: Types.ObjectId, score: Number, _id: false }],
  updatedAt: Date,
};
