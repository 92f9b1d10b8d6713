import type { Document } from 'bson';
import { at } from '../demo-random.js';
import type { Shop } from '../demo-shop.js';
import { drawPlace, localTime } from '../places.js';
import { slugify } from '../text.js';
import { eventKinds, shopCategories } from '../vocabulary.js';
import { dayMs, drawDate, drawPrice, drawViews, pictureSize } from './numbers.js';

const kindCount = eventKinds.length;

/** The event at an index: most in the next four months, about one in six past. */
export function eventDocument(shop: Shop, index: number): Document {
  const random = shop.random('events', index);
  const kind = at(eventKinds, index);
  const turn = Math.floor(index / kindCount);
  const title = at(kind.titles, turn + shop.offset('events'));
  const { city, district, location } = drawPlace(random, index + turn);
  // When the titles are used up they repeat with the district before them.
  const fullTitle = turn < kind.titles.length ? title : `${district.name} ${title}`;
  const time = random.pick(kind.times);
  // At least two days from today, so that an event is past or not at any hour of the day.
  const day = shop.day + (random.chance(0.16) ? -random.int(2, 45) : random.int(2, 120)) * dayMs;
  const categoryIndex = shopCategories.findIndex(({ name }) => name === kind.category);
  const slug = `${slugify(title)}-${index}`;
  return {
    _id: shop.id('events', index),
    title: fullTitle,
    ...(random.chance(0.9) ? { subtitle: random.pick(kind.subtitles) } : {}),
    slug,
    description: `${fullTitle} at ${location.address}, ${location.city}. Doors open half an hour before ${time}.`,
    image: `/images/events/${kind.kind}-${slug}.svg`,
    imageAlt: fullTitle,
    ...pictureSize,
    price: random.chance(0.12) ? 0 : drawPrice(random, kind.minPrice, kind.maxPrice),
    location,
    date: localTime(day, time, city),
    time,
    ...(categoryIndex < 0 ? {} : { category: shop.id('categories', categoryIndex) }),
    ...(random.chance(0.9) ? { organizer: random.pick(kind.organizers) } : {}),
    featured: random.chance(0.6),
    isActive: random.chance(0.93),
    views: drawViews(random, 90_000),
    createdAt: drawDate(random, shop.day, -200, -46),
  };
}
