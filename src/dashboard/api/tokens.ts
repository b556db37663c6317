// Tokens of the admin API, as pages read them; never what they are.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "./admin.ts";

/** A token of the list. */
export type Token = InferResponseType<typeof admin.tokens.$get, 200>["tokens"][number];

/** Every token that has not been deleted. */
export function useTokens() {
  return useQuery({
    queryKey: ["tokens"],
    queryFn: async ({ signal }) => (await answerOf(admin.tokens.$get({}, { init: { signal } }))).tokens,
  });
}
