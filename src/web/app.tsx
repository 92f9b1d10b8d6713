import { useEffect, useMemo, useState } from 'react';
import { createHomepageClient } from '../client/homepage-client.js';
import { HomepageProvider, type PageArgs, useHomepage } from '../client/react/use-homepage.js';
import { type Choices, Controls, sectionKeys } from './controls.js';
import { type Demo, readDemo, setFault } from './demo-api.js';
import { createRequestLog } from './request-log.js';
import { RequestPanel } from './request-panel.js';
import { SectionRow } from './section-row.js';

const beginning: Choices = {
  place: undefined,
  isUser: false,
  limit: 10,
  hidden: [],
  transport: 'graphql',
  fault: undefined,
};

/** The shop's homepage, by one request; each section stands or fails for itself. */
export function App() {
  const [log] = useState(createRequestLog);
  const [demo, setDemo] = useState<Demo>({ user: null, places: [], faults: [] });
  const [choices, setChoices] = useState(beginning);
  /** Another client for each fault that is made, so that the page is asked for again. */
  const [faults, setFaults] = useState(0);
  useEffect(() => void readDemo().then(setDemo), []);

  const token = choices.isUser ? demo.user?.token : undefined;
  const { transport } = choices;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `faults` stands for what the database does
  const client = useMemo(
    () =>
      createHomepageClient({
        ...{ url: location.origin, transport, fetch: log.fetch, retry: { attempts: 0 } },
        ...(token === undefined ? {} : { token }),
      }),
    [transport, token, log, faults],
  );
  const change = async (changes: Partial<Choices>) => {
    setChoices((before) => ({ ...before, ...changes }));
    if (!('fault' in changes)) return;
    await setFault(changes.fault);
    setFaults((count) => count + 1);
  };

  return (
    <>
      <header className="top">
        <h1>Demo shop</h1>
        <p>One request, and each section stands or fails for itself.</p>
        <nav aria-label="For developers">
          <a href="/graphiql">GraphiQL</a>
          <a href="/docs">REST reference</a>
        </nav>
      </header>
      <Controls choices={choices} demo={demo} onChange={(changes) => void change(changes)} />
      <main>
        <HomepageProvider client={client}>
          <Sections choices={choices} />
        </HomepageProvider>
      </main>
      <RequestPanel log={log} limit={choices.limit} />
    </>
  );
}

function Sections({ choices: { place, limit, hidden } }: { choices: Choices }) {
  const shown = sectionKeys.filter((key) => !hidden.includes(key));
  const args: PageArgs = { limit, sections: shown, ...(place === undefined ? {} : { location: place }) };
  const { sections, isLoading, isRefreshing, error, refetch } = useHomepage(args);
  if (error !== undefined && Object.keys(sections).length === 0) {
    return (
      <div className="failed" role="alert">
        <p>{`The page could not be loaded: ${error instanceof Error ? error.message : String(error)}`}</p>
        <button type="button" onClick={() => void refetch()}>
          Try again
        </button>
      </div>
    );
  }
  return shown.map((key, index) => (
    <SectionRow
      key={key}
      name={key}
      result={sections[key]}
      isLoading={isLoading || isRefreshing}
      limit={limit}
      isFirst={index < 2}
      onRetry={() => void refetch([key])}
    />
  ));
}
