import type { SchemaDefinition } from 'mongoose';

/** A GeoJSON point with a postal address: `coordinates` is [longitude, latitude] in degrees (RFC 7946). */
export const point: SchemaDefinition = {
  type: { type: String, enum: ['Point'] },
  coordinates: [Number],
  address: String,
  city: String,
};
