import type { Location } from '../sections/define-section.js';

/** Items a section: what may be asked for, and what is served when nothing is asked for. */
export const LIMIT = { min: 1, max: 20, default: 10 } as const;
/** Kilometres around a location that may be asked for; each located section states its own default. */
export const RADIUS_KM = { min: 1, max: 500 } as const;
/** Degrees. */
export const LONGITUDE = { min: -180, max: 180 } as const;
export const LATITUDE = { min: -90, max: 90 } as const;

/** Whether a number lies in a range; false for NaN. */
export const isWithin = (value: number, range: { min: number; max: number }) =>
  value >= range.min && value <= range.max;

/**
 * Two decimals of a degree, about a kilometre, and whole kilometres of radius, so that neighbours share cache entries. One
 * spelling for each place: no negative zero, and 180 degrees west is 180 degrees east.
 */
export function roundedPoint(lng: number, lat: number, radiusKm?: number): Location {
  const round = (degrees: number) => Math.round(degrees * 100) / 100 + 0;
  const east = round(lng);
  const place = { lng: east === LONGITUDE.min ? LONGITUDE.max : east, lat: round(lat) };
  return radiusKm === undefined ? place : { ...place, radiusKm: Math.round(radiusKm) };
}
