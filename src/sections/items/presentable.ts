import { Field, Int } from 'type-graphql';
import type { Item } from './item.js';

/** What a page needs to show an item and to lead to it, beside its picture: nullable, since not every shop stores it. */
const fields = {
  slug: { type: () => String, description: "Its name in the shop's addresses." },
  url: { type: () => String, description: 'Address of its own page, as the shop stores it.' },
  imageAlt: { type: () => String, description: 'What the picture shows, for those who cannot see it.' },
  imageWidth: { type: () => Int, description: 'Width of the picture in pixels.' },
  imageHeight: { type: () => Int, description: 'Height of the picture in pixels.' },
} as const;

/** Class decorator: these fields, behind the type's own ones, so that the order in which answers show those stays as it was. */
export function Presentable(type: abstract new () => Item): void {
  for (const [name, { type: fieldType, description }] of Object.entries(fields)) {
    Field(fieldType, { nullable: true, description })(type.prototype, name);
  }
}

/** Class decorator for types with prices. */
export function Priced(type: abstract new () => Item): void {
  Field(() => String, {
    nullable: true,
    description:
      "Currency of its prices (ISO 4217): the document's own, else the shop's (SHOP_CURRENCY); null when neither says.",
  })(type.prototype, 'currency');
}

/** The fields of documents that these are read from. */
export const presentableFields: readonly string[] = Object.keys(fields);
