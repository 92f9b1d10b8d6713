/** What items of all kinds may have; each kind has some of it. */
export interface ShownItem {
  id: string;
  name?: string;
  title?: string;
  subtitle?: string | null;
  brand?: string | null;
  image?: string | null;
  imageAlt?: string | null;
  imageWidth?: number | null;
  imageHeight?: number | null;
  currency?: string | null;
  price?: number | null;
  discountedPrice?: number;
  originalPrice?: number | null;
  rating?: number | null;
  cashback?: number | null;
  cashbackPercentage?: number | null;
  date?: string;
  validity?: string;
  distanceKm?: number | null;
  location?: { city?: string | null } | null;
  store?: { name: string } | null;
  organizer?: string | null;
}

/** A picture's size where the shop does not say it, so that nothing moves when it comes. */
const SIDE = 400;

const money = (amount: number, currency: string | null | undefined) =>
  new Intl.NumberFormat(
    undefined,
    currency ? { style: 'currency', currency } : { minimumFractionDigits: 2, maximumFractionDigits: 2 },
  ).format(amount);

const day = (text: string) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(new Date(text));

/** One item, of whatever kind, by the fields that it has. */
export function ItemCard({ item, isFirst }: { item: ShownItem; isFirst: boolean }) {
  const name = item.name ?? item.title ?? '';
  const { price: full, discountedPrice, originalPrice, currency } = item;
  const price = discountedPrice ?? full;
  const by = item.brand ?? item.store?.name ?? item.organizer ?? item.location?.city;
  const cashback = item.cashback ?? item.cashbackPercentage;
  return (
    <li className="card">
      {item.image ? (
        <img
          src={item.image}
          alt={item.imageAlt ?? ''}
          width={item.imageWidth ?? SIDE}
          height={item.imageHeight ?? SIDE}
          loading={isFirst ? 'eager' : 'lazy'}
          decoding="async"
        />
      ) : (
        <div className="picture" aria-hidden="true" />
      )}
      <div className="text">
        <h3>{name}</h3>
        {by && <p className="by">{by}</p>}
        {item.date && <p className="when">{day(item.date)}</p>}
        {price != null && (
          <p className="price">
            <span>{price === 0 ? 'Free' : money(price, currency)}</span>
            {originalPrice != null && originalPrice > price && <s>{money(originalPrice, currency)}</s>}
          </p>
        )}
        <p className="facts">
          {item.rating != null && <span>{`★ ${item.rating.toFixed(1)}`}</span>}
          {cashback != null && <span>{`${cashback} % cashback`}</span>}
          {item.distanceKm != null && <span>{`${item.distanceKm} km`}</span>}
          {item.validity && <span>{`until ${day(item.validity)}`}</span>}
        </p>
      </div>
    </li>
  );
}
