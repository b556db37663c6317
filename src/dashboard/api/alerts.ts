// What people were told, as pages read it.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "./admin.ts";

/** One message to one channel. */
export type Alert = InferResponseType<typeof admin.alerts.$get, 200>["alerts"][number];

/** How many messages are read: as many as one call gives. */
export const ALERTS_READ = 500;

/** The newest messages. */
export function useAlerts() {
  return useQuery({
    queryKey: ["alerts"],
    queryFn: async ({ signal }) =>
      answerOf(admin.alerts.$get({ query: { limit: String(ALERTS_READ) } }, { init: { signal } })),
  });
}
