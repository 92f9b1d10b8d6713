import { useState, useSyncExternalStore } from 'react';
import { createHomepageClient, type HomepageOutcome } from '../client/homepage-client.js';
import type { RequestLog } from './request-log.js';

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;

/** What was sent and answered, live; and one request against one for each section. */
export function RequestPanel({ log, limit }: { log: RequestLog; limit: number }) {
  const requests = useSyncExternalStore(log.subscribe, log.requests);
  const [outcomes, setOutcomes] = useState<readonly HomepageOutcome[]>([]);

  const compare = async () => {
    const both: HomepageOutcome[] = [];
    for (const share of [1, 0]) {
      const client = createHomepageClient({
        ...{ url: location.origin, fetch: log.fetch, retry: { attempts: 0 }, experiment: { share, key: 'compare' } },
        onResult: (outcome) => both.push(outcome),
      });
      await client.homepage({ limit }).catch(() => undefined);
    }
    setOutcomes(both);
  };

  return (
    <details className="panel">
      <summary>
        {`Requests (${requests.length}), ${kilobytes(requests.reduce((sum, { bytes }) => sum + bytes, 0))}`}
      </summary>
      <button type="button" onClick={compare}>
        Compare one request with single ones
      </button>
      {outcomes.length > 0 && (
        <ul className="outcomes">
          {outcomes.map(({ source, durationMs, requests: count }) => (
            <li
              key={source}
            >{`${source === 'page' ? 'The page' : 'Single endpoints'}: ${count} requests, ${durationMs.toFixed(0)} ms`}</li>
          ))}
        </ul>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">Request</th>
            <th scope="col">Status</th>
            <th scope="col">Time</th>
            <th scope="col">Bytes</th>
          </tr>
        </thead>
        <tbody>
          {requests.toReversed().map(({ id, label, status, ms, bytes }) => (
            <tr key={id}>
              <td>
                <code>{label}</code>
              </td>
              <td>{status ?? (ms === undefined ? '…' : 'no answer')}</td>
              <td>{ms === undefined ? '' : `${ms.toFixed(0)} ms`}</td>
              <td>{kilobytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
