import type { HomepageArgs, HomepageClient, HomepageResult } from './homepage-client.js';

/** `queryOptions` for TanStack Query: one entry for each set of arguments. Retries are the client's. */
export function homepageQueryOptions(client: HomepageClient, args: Omit<HomepageArgs, 'signal'> = {}) {
  return {
    queryKey: ['homepage', args] as const,
    queryFn: ({ signal }: { signal?: AbortSignal }): Promise<HomepageResult> =>
      client.homepage({ ...args, ...(signal === undefined ? {} : { signal }) }),
    staleTime: 30_000,
    retry: false,
  };
}
