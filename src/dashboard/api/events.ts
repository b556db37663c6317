// The catalogue of event types, as pages read it. It changes only with the release of the router.

import { useQuery } from "@tanstack/preact-query";
import { admin, answerOf } from "./admin.ts";

/** The event types that Voucherify is known to send. */
export function useEventTypes() {
  return useQuery({
    queryKey: ["events"],
    queryFn: async ({ signal }) => answerOf(admin.events.$get({}, { init: { signal } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
