import { setTimeout as pause } from 'node:timers/promises';

/** One answer, as a user saw it. */
export interface UserSample {
  /** Milliseconds since the beginning. */
  at: number;
  tookMs: number;
  /** 0 without an answer. */
  status: number;
  bytes: number;
  /** Whether every section came from a cache; undefined where the answer does not say. */
  fromCache: boolean | undefined;
}

/** Users who ask for the page, look at it for a while, and ask again. */
export async function runUsers(options: {
  url: string;
  users: number;
  seconds: number;
  /** How long a user looks at a page, in milliseconds; a quarter more or less. */
  thinkMs: number;
  token: string | undefined;
  onSample: (sample: UserSample) => void;
}): Promise<void> {
  const { url, users, seconds, thinkMs, token, onSample } = options;
  const beganAt = performance.now();
  const endsAt = beganAt + seconds * 1000;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };

  const ask = async (): Promise<void> => {
    const askedAt = performance.now();
    let outcome: Pick<UserSample, 'status' | 'bytes' | 'fromCache'> = { status: 0, bytes: 0, fromCache: undefined };
    try {
      const response = await fetch(`${url}/api/v1/homepage`, { headers, signal: AbortSignal.timeout(30_000) });
      const text = await response.text();
      const [, fromCache] = /"fromCache":(true|false)/.exec(text) ?? [];
      outcome = {
        status: response.status,
        bytes: text.length,
        fromCache: fromCache === undefined ? undefined : fromCache === 'true',
      };
    } catch {
      // No answer counts as an error, with status 0.
    }
    onSample({ at: askedAt - beganAt, tookMs: performance.now() - askedAt, ...outcome });
  };
  const live = async (index: number): Promise<void> => {
    // Not all at once: they come during the first round of looking.
    await pause((thinkMs * index) / users);
    while (performance.now() < endsAt) {
      await ask();
      await pause(thinkMs * (0.75 + Math.random() / 2));
    }
  };
  await Promise.all(Array.from({ length: users }, (_, index) => live(index)));
}
