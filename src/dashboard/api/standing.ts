// How targets stand, which several pages show.

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
