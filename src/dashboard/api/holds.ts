// What is paused and what waits, as pages read it.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "./admin.ts";
import { forget, LIVE_MS } from "./queries.ts";

/** What `GET /admin/holds` says. */
export type Holds = InferResponseType<typeof admin.holds.$get, 200>;
export type Pause = Holds["pauses"][number];
export type Held = Holds["held"][number];

/** Pauses and what waits, live. */
export function useHolds() {
  return useQuery({
    queryKey: ["holds"],
    queryFn: async ({ signal }) => answerOf(admin.holds.$get({}, { init: { signal } })),
    refetchInterval: LIVE_MS,
  });
}

/** Has everything that a pause changes read anew. */
export async function forgetHolds(): Promise<void> {
  await forget("holds", "standing", "incidents", "sendouts");
}
