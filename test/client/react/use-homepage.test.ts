// @vitest-environment happy-dom
import { act, Component, createElement, type ReactNode, StrictMode, Suspense, version } from 'react';
import { createRoot, hydrateRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { homepageSections } from '../../../src/client/generated/homepage-sections.js';
import {
  type HomepageArgs,
  type HomepageClient,
  HomepageError,
  type HomepageResult,
  type SectionKey,
} from '../../../src/client/homepage-client.js';
import {
  createHomepageStore,
  HomepageProvider,
  type HomepageStore,
  type UseHomepage,
  type UseHomepageOptions,
  useHomepage,
} from '../../../src/client/react/use-homepage.js';

const [first, second] = Object.keys(homepageSections) as [SectionKey, SectionKey];

/** A client whose calls end when the test says so. */
function createManualClient() {
  const calls: { args: HomepageArgs; answer(status: string): void; fail(error: unknown): void }[] = [];
  const client: HomepageClient = {
    homepage: (args = {}) =>
      new Promise((resolve, reject) => {
        calls.push({
          args,
          answer: (status) => {
            const sections = Object.fromEntries((args.sections ?? [first, second]).map((key) => [key, { status }]));
            resolve({ sections, source: 'page', requests: 1 } as HomepageResult);
          },
          fail: reject,
        });
      }),
  };
  return { client, calls };
}

let seen: UseHomepage[] = [];
const last = () => seen.at(-1);

function Page({ args, options }: { args?: HomepageArgs; options?: UseHomepageOptions }) {
  const page = useHomepage(args, options);
  seen.push(page);
  return createElement(
    'p',
    null,
    Object.entries(page.sections)
      .map(([key, result]) => `${key}:${result.status}`)
      .join(),
  );
}

class Boundary extends Component<{ children?: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};
  static getDerivedStateFromError(error: Error) {
    return { error };
  }
  override render() {
    return this.state.error ? createElement('b', null, this.state.error.message) : this.props.children;
  }
}

let container: HTMLElement;
let root: Root | undefined;
/** Until React has shown everything that has happened. */
const settle = () => act(async () => void (await new Promise((resolve) => setTimeout(resolve, 0))));
const show = (element: ReactNode) =>
  act(async () => {
    root ??= createRoot(container);
    root.render(element);
  });

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  seen = [];
  container = document.createElement('div');
  document.body.append(container);
});
afterEach(() => {
  act(() => root?.unmount());
  root = undefined;
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const provided = (store: HomepageStore, child: ReactNode) => createElement(HomepageProvider, { store }, child);

describe(`useHomepage on React ${version}`, () => {
  it('loads once for all components of the same page, also in StrictMode', async () => {
    const { client, calls } = createManualClient();
    const pages = [1, 2].map((key) => createElement(Page, { key, args: { limit: 3 } }));
    await show(createElement(StrictMode, null, createElement(HomepageProvider, { client }, pages)));
    expect(last()).toMatchObject({ isLoading: true, isRefreshing: false, sections: {} });
    expect(calls).toHaveLength(1);
    calls[0]?.answer('cached');
    await settle();
    expect(container.textContent).toBe(`${first}:cached,${second}:cached`.repeat(2));
    expect(last()).toMatchObject({ isLoading: false });
  });

  it('asks for one section alone, and keeps the others meanwhile and afterwards', async () => {
    const { client, calls } = createManualClient();
    await show(createElement(HomepageProvider, { client }, createElement(Page)));
    calls[0]?.answer('failed');
    await settle();
    void last()?.refetch([second]);
    await settle();
    expect(calls[1]?.args.sections).toEqual([second]);
    expect(last()).toMatchObject({ isRefreshing: true, sections: { [first]: { status: 'failed' } } });
    calls[1]?.answer('fresh');
    await settle();
    expect(container.textContent).toBe(`${first}:failed,${second}:fresh`);
  });

  it('shows a page that is old, and asks for it again; a young one it only shows', async () => {
    const { client, calls } = createManualClient();
    const store = createHomepageStore(client);
    await show(provided(store, createElement(Page)));
    calls[0]?.answer('cached');
    await settle();
    await show(provided(store, null));
    await show(provided(store, createElement(Page)));
    expect(calls).toHaveLength(1);
    await show(provided(store, null));
    await show(provided(store, createElement(Page, { options: { staleAfterMs: 0 } })));
    expect(calls).toHaveLength(2);
    expect(container.textContent).toBe(`${first}:cached,${second}:cached`);
    calls[1]?.fail(new HomepageError({ code: 'NETWORK_ERROR', message: 'away', retryable: true }));
    await settle();
    expect(last()).toMatchObject({ error: { code: 'NETWORK_ERROR' }, isRefreshing: false });
    expect(container.textContent).toBe(`${first}:cached,${second}:cached`);
  });

  it('waits in Suspense, and throws what failed to the error boundary', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { client, calls } = createManualClient();
    const page = (args: HomepageArgs) =>
      createElement(
        Boundary,
        { key: JSON.stringify(args) },
        createElement(Suspense, { fallback: 'waiting' }, createElement(Page, { args, options: { suspense: true } })),
      );
    const store = createHomepageStore(client);
    await show(provided(store, page({ limit: 1 })));
    expect(container.textContent).toBe('waiting');
    calls[0]?.answer('fresh');
    await vi.waitFor(() => expect(container.textContent).toBe(`${first}:fresh,${second}:fresh`));
    await show(provided(store, page({ limit: 2 })));
    calls[1]?.fail(new Error('nothing'));
    await vi.waitFor(() => expect(container.textContent).toBe('nothing'));
  });

  it('shows on the server what was loaded there, and again in the browser without asking', async () => {
    const server = createManualClient();
    const store = createHomepageStore(server.client);
    const loaded = store.ensure({}, 0);
    server.calls[0]?.answer('cached');
    await loaded;
    const html = renderToString(provided(store, createElement(Page)));
    expect(html).toBe(`<p>${first}:cached,${second}:cached</p>`);
    const initial = JSON.parse(JSON.stringify(store.dehydrate()));
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
    container.innerHTML = html;
    const browser = createManualClient();
    root = hydrateRoot(
      container,
      createElement(HomepageProvider, { client: browser.client, initial }, createElement(Page)),
    );
    await settle();
    expect(errors).not.toHaveBeenCalled();
    expect(container.textContent).toBe(`${first}:cached,${second}:cached`);
    expect(browser.calls).toHaveLength(0);
  });

  it('says what is missing without a provider', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(() => renderToString(createElement(Page))).toThrow('<HomepageProvider client={...}>');
  });
});
