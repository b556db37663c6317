// The parts of the table in force, as pages read them: what there is to choose from.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "./admin.ts";

/** One inlet with its standing: its URL and which of its secrets are set. */
export type Inlet = InferResponseType<typeof admin.inlets.$get, 200>["items"][number];

/** The inlets, each with its URL and which of its secrets are set. */
export function useInlets() {
  return useQuery({
    queryKey: ["inlets"],
    queryFn: async ({ signal }) => answerOf(admin.inlets.$get({}, { init: { signal } })),
  });
}

/** The targets. */
export function useTargets() {
  return useQuery({
    queryKey: ["targets"],
    queryFn: async ({ signal }) => answerOf(admin.targets.$get({}, { init: { signal } })),
  });
}

/** The routes, in their order. */
export function useRoutes() {
  return useQuery({
    queryKey: ["routes"],
    queryFn: async ({ signal }) => answerOf(admin.routes.$get({}, { init: { signal } })),
  });
}
