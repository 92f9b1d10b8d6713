import type { HomepageArgs, HomepageClient, HomepageResult, HomepageResults, SectionKey } from '../homepage-client.js';

/** What is known of one page; another object for each change. */
export interface PageState {
  sections: HomepageResults;
  source: HomepageResult['source'] | undefined;
  /** Why nothing of the page could be had the last time; what there was before stays. */
  error: unknown;
  isLoading: boolean;
  /** Milliseconds since the epoch; 0 before the first answer. */
  loadedAt: number;
}

export type PageArgs = Omit<HomepageArgs, 'signal'>;

/** Pages by their arguments, as they go from a server's render to the browser (JSON). */
export type DehydratedPages = Readonly<Record<string, Pick<PageState, 'sections' | 'source' | 'loadedAt'>>>;

/** The pages that components show; one for each client. */
export interface HomepageStore {
  state(args: PageArgs): PageState;
  subscribe(listener: () => void): () => void;
  /** Asks for the page unless it is there and younger than `staleAfterMs`, or on its way. Resolves when it is there; never rejects. */
  ensure(args: PageArgs, staleAfterMs: number): Promise<void>;
  /** Asks for the page again, or for some of its sections alone. Resolves when that is answered; never rejects. */
  refetch(args: PageArgs, sections?: readonly SectionKey[]): Promise<void>;
  dehydrate(): DehydratedPages;
}

const empty: PageState = { sections: {}, source: undefined, error: undefined, isLoading: false, loadedAt: 0 };

export function createHomepageStore(client: HomepageClient, initial: DehydratedPages = {}): HomepageStore {
  const pages = new Map<string, PageState>(
    Object.entries(initial).map(([name, page]) => [name, { ...empty, ...page }]),
  );
  const running = new Map<string, Promise<void>>();
  const listeners = new Set<() => void>();

  const change = (name: string, changes: Partial<PageState>) => {
    pages.set(name, { ...(pages.get(name) ?? empty), ...changes });
    for (const listener of listeners) listener();
  };

  const load = (args: PageArgs, sections: readonly SectionKey[] | undefined): Promise<void> => {
    const name = nameOf(args);
    change(name, { isLoading: true });
    const asked = client.homepage({ ...args, ...(sections === undefined ? {} : { sections }) }).then(
      ({ sections: results, source }) => {
        const before = sections === undefined ? {} : pages.get(name)?.sections;
        const loadedAt = sections === undefined ? Date.now() : (pages.get(name)?.loadedAt ?? 0);
        change(name, { sections: { ...before, ...results }, source, error: undefined, loadedAt });
      },
      (error: unknown) => change(name, { error }),
    );
    const done = asked.finally(() => {
      if (running.get(name) !== done) return;
      running.delete(name);
      change(name, { isLoading: false });
    });
    running.set(name, done);
    return done;
  };

  return {
    state: (args) => pages.get(nameOf(args)) ?? empty,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    ensure: (args, staleAfterMs) => {
      const name = nameOf(args);
      const page = pages.get(name);
      const isKept = page !== undefined && page.loadedAt > 0 && Date.now() - page.loadedAt < staleAfterMs;
      return running.get(name) ?? (isKept ? Promise.resolve() : load(args, undefined));
    },
    refetch: (args, sections) => load(args, sections),
    dehydrate: () =>
      Object.fromEntries(
        [...pages].map(([name, { sections, source, loadedAt }]) => [name, { sections, source, loadedAt }]),
      ),
  };
}

/** Equal arguments are one page, however they are written. */
const nameOf = ({ sections, limit, location, fields, fresh }: PageArgs): string =>
  JSON.stringify([sections, limit, location && [location.lng, location.lat], fields, fresh]);
