import type { DemoRandom } from './demo-random.js';
import { at } from './demo-random.js';
import { dayMs } from './documents/numbers.js';
import { type City, cities } from './vocabulary.js';

/** A GeoJSON point (longitude first) with an address, as stores and events hold it. */
interface DemoLocation {
  type: 'Point';
  coordinates: [lng: number, lat: number];
  address: string;
  city: string;
}

interface Place {
  city: City;
  district: City['districts'][number];
  location: DemoLocation;
}

const kmPerDegree = 111.2;
const districtRadiusKm = 0.9;
const roundDegrees = (degrees: number) => Math.round(degrees * 1e5) / 1e5;

/** A random place in the city at `cityIndex`; consecutive indexes spread documents evenly over the cities. */
export function drawPlace(random: DemoRandom, cityIndex: number): Place {
  const city = at(cities, cityIndex);
  const district = random.pick(city.districts);
  const distanceKm = districtRadiusKm * Math.sqrt(random.fraction());
  const bearing = 2 * Math.PI * random.fraction();
  const lat = district.lat + (distanceKm * Math.cos(bearing)) / kmPerDegree;
  const lng = district.lng + (distanceKm * Math.sin(bearing)) / (kmPerDegree * Math.cos((lat * Math.PI) / 180));
  const street = random.pick(district.streets);
  const number = random.int(2, 148);
  const line = city.numberFirst ? `${number} ${street}` : `${street} ${number}`;
  return {
    city,
    district,
    location: {
      type: 'Point',
      coordinates: [roundDegrees(lng), roundDegrees(lat)],
      address: `${line}, ${district.name}`,
      city: city.name,
    },
  };
}

/** The moment of a local time of day ("19:30") on `day` (its midnight in UTC, milliseconds since the epoch). */
export function localTime(day: number, time: string, city: City): Date {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return new Date(day + ((hours - city.utcOffsetHours) / 24 + minutes / 1440) * dayMs);
}
