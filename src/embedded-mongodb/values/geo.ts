import { geoDistance } from 'd3-geo';
import { type Doc, isDoc, toNumber } from './bson-values.js';
import { visitPath } from './field-paths.js';
import { badValue, CommandError, notImplemented } from './mongo-errors.js';

/** A point as [longitude, latitude] in degrees. */
type Point = [number, number];

/**
 * `$geoWithin: { $centerSphere: [[lng, lat], radius] }`, the radius in radians: does a value (a GeoJSON point or a legacy pair)
 * lie within the circle, its edge included? Other shapes are refused.
 */
export function compileGeoWithin(operand: unknown): (value: unknown) => boolean {
  if (!isDoc(operand)) throw badValue('$geoWithin must be an object');
  const shapes = Object.keys(operand);
  const [shape] = shapes;
  if (shape === undefined) throw badValue("geo query doesn't have any geometry");
  if (shapes.length > 1) throw badValue(`geo within query accepts only one geometry, got: ${shapes.join(', ')}`);
  if (['$geometry', '$box', '$polygon', '$center'].includes(shape)) throw notImplemented(`$geoWithin with ${shape}`);
  if (shape !== '$centerSphere') throw badValue(`unknown geo specifier: ${shape}`);
  const [center, radius] = parseCircle(operand.$centerSphere);
  // MongoDB takes a circle of half the globe's circumference or more for everything.
  return (value) => {
    const point = pointOf(value);
    return point !== undefined && geoDistance(center, point) <= radius;
  };
}

function parseCircle(value: unknown): [Point, number] {
  if (!Array.isArray(value) || value.length < 2)
    throw badValue('Only 2 and 3-dimensional coordinates are supported: malformed $centerSphere');
  const center = pointOf(value[0]);
  const radius = toNumber(value[1]);
  if (!center) throw badValue('Spherical circle center must be a valid longitude/latitude point');
  if (radius === undefined || !(radius >= 0)) throw badValue('radius must be a non-negative number');
  if (value.length > 2) throw badValue('Only 2 fields allowed for circular region');
  return [center, radius];
}

function pointOf(value: unknown): Point | undefined {
  if (isDoc(value)) {
    if (value.type !== undefined && value.type !== 'Point') return undefined;
    return pointOf(value.type === undefined ? Object.values(value).slice(0, 2) : value.coordinates);
  }
  if (!Array.isArray(value) || value.length < 2) return undefined;
  const lng = toNumber(value[0]);
  const lat = toNumber(value[1]);
  if (lng === undefined || lat === undefined) return undefined;
  return Math.abs(lng) <= 180 && Math.abs(lat) <= 90 ? [lng, lat] : undefined;
}

/** Refuses (16755) what a 2dsphere index cannot hold: a point that is none. Missing and null are fine. */
export function checkGeoKeys(document: Doc, path: string): void {
  visitPath(document, path.split('.'), (value) => {
    if (value === undefined || value === null) return false;
    const isPoint = isDoc(value) && value.type === 'Point';
    const isOther =
      isDoc(value) && typeof value.type === 'string' && value.type !== 'Point' && Array.isArray(value.coordinates);
    if (!isOther && pointOf(value) === undefined) {
      const why = isPoint
        ? 'Point must be an array or object with valid longitude and latitude'
        : 'unknown GeoJSON type';
      throw new CommandError(16755, `Can't extract geo keys: ${why}`);
    }
    return false;
  });
}
