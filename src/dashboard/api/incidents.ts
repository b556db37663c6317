// What somebody should look at, as pages read it.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "./admin.ts";
import { LIVE_MS } from "./queries.ts";

/** One incident as the admin API shows it. */
export type Incident = InferResponseType<typeof admin.incidents.$get, 200>["incidents"][number];

/** Which incidents are listed; `open` takes those along that somebody has acknowledged. */
export interface IncidentQuery {
  state?: Incident["state"] | undefined;
  kind?: string | undefined;
  subject?: string | undefined;
}

/** The incidents that fit, live, the last opened first. */
export function useIncidents(query: IncidentQuery) {
  return useQuery({
    queryKey: ["incidents", query],
    queryFn: async ({ signal }) => answerOf(admin.incidents.$get({ query }, { init: { signal } })),
    refetchInterval: LIVE_MS,
  });
}
