// The recipes, as pages read them. They change only with the release of the router.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "./admin.ts";

/** All recipes, in short. */
export function useRecipes() {
  return useQuery({
    queryKey: ["recipes"],
    queryFn: async ({ signal }) => answerOf(admin.recipes.$get({}, { init: { signal } })),
    staleTime: Infinity,
  });
}

/** A recipe with what it needs. */
export type RecipeDescription = InferResponseType<(typeof admin.recipes)[":id"]["$get"], 200>;

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
