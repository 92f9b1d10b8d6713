import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from 'react';
import type { HomepageClient, SectionKey } from '../homepage-client.js';
import {
  createHomepageStore,
  type DehydratedPages,
  type HomepageStore,
  type PageArgs,
  type PageState,
} from './homepage-store.js';

export type { DehydratedPages, HomepageStore, PageArgs, PageState } from './homepage-store.js';
export { createHomepageStore } from './homepage-store.js';

const StoreContext = createContext<HomepageStore | undefined>(undefined);

export type HomepageProviderProps = { children?: ReactNode } & (
  | { client: HomepageClient; initial?: DehydratedPages }
  /** A store made with `createHomepageStore`: on a server one for each request, to be dehydrated after the render. */
  | { store: HomepageStore }
);

/** Gives components below it the client, and the pages that it has loaded. */
export function HomepageProvider(props: HomepageProviderProps): ReactNode {
  const given = 'store' in props ? props.store : props.client;
  // One store for as long as the client is the same: `initial` is for its beginning.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another `initial` must not throw loaded pages away
  const store = useMemo(
    () => ('store' in props ? props.store : createHomepageStore(props.client, props.initial)),
    [given],
  );
  return createElement(StoreContext.Provider, { value: store }, props.children);
}

export interface UseHomepageOptions {
  /** Waits in the nearest `<Suspense>` until there is a first answer, and throws to the nearest error boundary when there is none. */
  suspense?: boolean;
  /** A page that is older is shown, and asked for again; 30,000 when left out. */
  staleAfterMs?: number;
}

export interface UseHomepage extends PageState {
  /** Whether a page is shown while a newer one is on its way. */
  isRefreshing: boolean;
  /** Asks again: for all, or for some sections alone. */
  refetch(sections?: readonly SectionKey[]): Promise<void>;
}

/**
 * The page, loaded when the component is shown. Components with equal arguments share one request and one page.
 * @throws Error when there is no `HomepageProvider` above
 */
export function useHomepage(args: PageArgs = {}, options: UseHomepageOptions = {}): UseHomepage {
  const store = useContext(StoreContext);
  if (store === undefined) throw new Error('useHomepage: put a <HomepageProvider client={...}> around the component');
  const { suspense = false, staleAfterMs = 30_000 } = options;
  const read = () => store.state(args);
  const page = useSyncExternalStore(store.subscribe, read, read);
  const name = JSON.stringify(args);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `name` stands for `args`, which is another object in each render
  useEffect(() => void store.ensure(args, staleAfterMs), [store, name, staleAfterMs]);

  const isFirst = page.loadedAt === 0;
  if (suspense && isFirst) {
    if (page.error !== undefined && !page.isLoading) throw page.error;
    throw store.ensure(args, staleAfterMs);
  }
  return {
    ...page,
    isLoading: isFirst && page.error === undefined,
    isRefreshing: page.isLoading && !isFirst,
    refetch: (sections) => store.refetch(args, sections),
  };
}
