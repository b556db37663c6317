// What was read from the router and how long it is good for. Pages ask by `useQuery`; what they show is kept while they are
// open and read again every few seconds, unless the browser's tab is hidden.

import { QueryClient } from "@tanstack/preact-query";
import { asApiError } from "./problem.ts";

/** How often what is live is read again, in milliseconds. */
export const LIVE_MS = 5_000;

/** How often a call that nobody answered is made again before that is said. A refusal is said at once. */
const RETRIES_MAX = 1;

/** Everything that was read. */
export const queries = new QueryClient({
  defaultOptions: {
    // Whether there is a network the browser does not know of a router on the same machine.
    queries: {
      networkMode: "always",
      staleTime: 2_000,
      retry: (count, error) => count < RETRIES_MAX && isPassing(error),
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: "always", retry: false },
  },
});

/** Has all that begins with these path segments of the admin API read anew: what is shown at once, the rest when it is. */
export async function forget(...resources: readonly string[]): Promise<void> {
  await Promise.all(resources.map(async (resource) => queries.invalidateQueries({ queryKey: [resource] })));
}

function isPassing(error: Error): boolean {
  const { code, status } = asApiError(error);
  return code === "unreachable" || status >= 500;
}
