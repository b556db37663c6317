// How everything is that the Worker depends on. While something is not well that answer comes with 503, and is read all the
// same.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "../../api/admin.ts";
import { LIVE_MS } from "../../api/queries.ts";

export type Health = InferResponseType<typeof admin.health.$get, 200>;

/** Health, live. */
export function useHealth() {
  return useQuery({
    queryKey: ["health"],
    queryFn: async ({ signal }): Promise<Health> => {
      const response = await admin.health.$get({}, { init: { signal } });
      if (response.status !== 503) return answerOf(Promise.resolve(response));
      const body: unknown = await response.clone().json();
      return isHealth(body) ? body : answerOf(Promise.resolve(response));
    },
    refetchInterval: LIVE_MS,
  });
}

/** A router that cannot answer at all says so as a problem, which has no checks. */
function isHealth(body: unknown): body is Health {
  return typeof body === "object" && body !== null && "checks" in body;
}
