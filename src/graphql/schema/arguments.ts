import { ArgsType, Field, Float, InputType, Int } from 'type-graphql';
import { AppError, ValidationErrors } from '../../core/errors.js';
import { isWithin, LATITUDE, LIMIT, LONGITUDE, RADIUS_KM, roundedPoint } from '../../page/argument-ranges.js';
import type { Location } from '../../sections/define-section.js';

@InputType({ description: 'A point, and how far around it to look. The point is rounded to two decimals.' })
export class GeoPointInput {
  @Field(() => Float, { description: 'Longitude in degrees, -180 to 180.' })
  lng!: number;

  @Field(() => Float, { description: 'Latitude in degrees, -90 to 90.' })
  lat!: number;

  @Field(() => Float, {
    nullable: true,
    description: "Kilometres, 1 to 500, rounded to whole ones; each section's own when left out.",
  })
  radiusKm?: number | null;
}

/** The arguments of every list. */
@ArgsType()
export class ListArguments {
  @Field(() => Int, {
    nullable: true,
    defaultValue: LIMIT.default,
    description: 'How many items a section lists, 1 to 20.',
  })
  limit?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether to read from the database, past every cache.',
  })
  fresh?: boolean | null;
}

/** The arguments of a list that a location narrows. */
@ArgsType()
export class LocatedListArguments extends ListArguments {
  @Field(() => GeoPointInput, {
    nullable: true,
    description: 'Narrows the sections whose items have a place to those nearby.',
  })
  location?: GeoPointInput | null;
}

/** The arguments of the offers. */
@ArgsType()
export class OfferListArguments extends ListArguments {
  @Field(() => Boolean, { nullable: true, defaultValue: false, description: 'Whether to list flash sales instead.' })
  flashSale?: boolean | null;
}

/**
 * What such arguments ask for, checked all at once; null means the default.
 * @throws ValidationErrors listing each one out of range, with what is allowed
 */
export function checkedArguments(args: LocatedListArguments): { limit: number; near?: Location; fresh: boolean } {
  const { location } = args;
  const limit = args.limit ?? LIMIT.default;
  const radiusKm = location?.radiusKm ?? undefined;
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
  const near = location && roundedPoint(location.lng, location.lat, radiusKm);
  return { limit, fresh: args.fresh === true, ...(near ? { near } : {}) };
}
