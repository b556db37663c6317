// Reads of how things stand that several pages show.

import { useQuery } from "@tanstack/preact-query";
import { admin, answerOf } from "./admin.ts";
import { LIVE_MS } from "./queries.ts";

/** How each target stands, live. */
export function useStanding() {
  return useQuery({
    queryKey: ["standing"],
    queryFn: async ({ signal }) => answerOf(admin.standing.$get({}, { init: { signal } })),
    refetchInterval: LIVE_MS,
  });
}

/** The newest sendouts of all, as they come in. */
export function useNewestSendouts(limit: number) {
  return useQuery({
    queryKey: ["sendouts", "newest", limit],
    queryFn: async ({ signal }) =>
      answerOf(admin.sendouts.$get({ query: { limit: String(limit) } }, { init: { signal } })),
    refetchInterval: LIVE_MS,
  });
}
