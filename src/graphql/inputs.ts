import { Field, Float, InputType } from 'type-graphql';
import { AppError, ValidationErrors } from '../core/errors.js';
import { isWithin, LATITUDE, LIMIT, LONGITUDE, RADIUS_KM, roundedPoint } from '../homepage/limits.js';
import type { Near } from '../sections/define-section.js';

@InputType({ description: 'A point, and how far around it to look. It is rounded to two decimals.' })
export class GeoPointInput {
  @Field(() => Float, { description: 'Longitude in degrees, -180 to 180.' })
  lng!: number;

  @Field(() => Float, { description: 'Latitude in degrees, -90 to 90.' })
  lat!: number;

  @Field(() => Float, { nullable: true, defaultValue: RADIUS_KM.default, description: 'Kilometres, 1 to 500.' })
  radiusKm?: number | null;
}

/**
 * The arguments that every list has, checked all at once; null means the default.
 * @throws ValidationErrors listing each one out of range, with what is allowed
 */
export function checkedArguments(args: { limit: number | null; location?: GeoPointInput | null | undefined }): {
  limit: number;
  near?: Near;
} {
  const { location } = args;
  const limit = args.limit ?? LIMIT.default;
  const radiusKm = location?.radiusKm ?? RADIUS_KM.default;
  const ranges = [
    ['limit', limit, LIMIT],
    ['location.lng', location?.lng, LONGITUDE],
    ['location.lat', location?.lat, LATITUDE],
    ['location.radiusKm', radiusKm, RADIUS_KM],
  ] as const;
  const faults = ranges
    .filter(([, value, range]) => value !== undefined && !isWithin(value, range))
    .map(([parameter, value, { min, max }]) => {
      const allowed = `${min} to ${max}`;
      return new AppError('VALIDATION_ERROR', `${parameter} must be ${allowed}, got ${value}`, {
        details: { parameter, allowed },
      });
    });
  if (faults.length > 0) throw new ValidationErrors(faults);
  if (location === null || location === undefined) return { limit };
  return { limit, near: roundedPoint(location.lng, location.lat, radiusKm) };
}
