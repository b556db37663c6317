// The recipes, as pages read them. They change only with the release of the router.

import { useQuery } from "@tanstack/preact-query";
import { admin, answerOf } from "./admin.ts";

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
