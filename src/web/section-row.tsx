import { homepageSections } from '../client/generated/homepage-sections.js';
import type { HomepageResults, SectionKey } from '../client/homepage-client.js';
import { ItemCard, type ShownItem } from './item-card.js';

interface SectionRowProps {
  name: SectionKey;
  result: HomepageResults[SectionKey] | undefined;
  isLoading: boolean;
  /** Cards to keep room for. */
  limit: number;
  isFirst: boolean;
  onRetry: () => void;
}

const age = (ms: number) => (ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);

/** One section: its items, or that it failed and why, while the others stand. */
export function SectionRow({ name, result, isLoading, limit, isFirst, onRetry }: SectionRowProps) {
  const { title } = homepageSections[name];
  const data = result !== undefined && result.status !== 'failed' ? result.data : undefined;
  const items = (data?.items ?? []) as readonly ShownItem[];
  const id = `section-${name}`;
  return (
    <section aria-labelledby={id} aria-busy={isLoading && result === undefined}>
      <header>
        <h2 id={id}>{title}</h2>
        {result !== undefined && (
          <span className={`status ${result.status}`}>
            {result.status}
            {result.status !== 'failed' && result.status !== 'fresh' && `, ${age(result.ageMs)} old`}
          </span>
        )}
        {data !== undefined && data.total > items.length && <span className="total">{`${data.total} in all`}</span>}
      </header>
      {result?.status === 'failed' ? (
        <div className="failed" role="status">
          <p>
            This section is not available just now. <code>{result.error.code}</code>
          </p>
          <button type="button" onClick={onRetry} disabled={isLoading}>
            Try again
          </button>
        </div>
      ) : (
        // A list that scrolls can be reached by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        <ul className="cards" tabIndex={0} aria-label={title}>
          {result === undefined
            ? Array.from({ length: limit }, (_, index) => <li key={String(index)} className="card skeleton" />)
            : items.map((item) => <ItemCard key={item.id} item={item} isFirst={isFirst} />)}
        </ul>
      )}
    </section>
  );
}
