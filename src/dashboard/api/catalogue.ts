// What there is to route and where to: event types, and recipes. Both change with a release only.

import { useQuery } from "@tanstack/preact-query";
import { admin, answerOf } from "./admin.ts";

/** The event types that Voucherify is known to send. */
export function useEventTypes() {
  return useQuery({
    queryKey: ["events"],
    queryFn: async ({ signal }) => answerOf(admin.events.$get(undefined, { init: { signal } })),
    staleTime: Infinity,
  });
}

/** One recipe with what it needs. Nothing is asked while there is no id. */
export function useRecipe(id: string | undefined) {
  return useQuery({
    queryKey: ["recipes", id],
    queryFn: async ({ signal }) =>
      answerOf(admin.recipes[":id"].$get({ param: { id: id ?? "" } }, { init: { signal } })),
    enabled: id !== undefined,
    staleTime: Infinity,
  });
}
