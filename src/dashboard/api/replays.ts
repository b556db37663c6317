// Replays, as pages read them.

import { useQuery } from "@tanstack/preact-query";
import type { InferRequestType, InferResponseType } from "hono/client";
import * as v from "valibot";
import { admin, answerOf } from "./admin.ts";
import { isUnreachable } from "./problem.ts";
import { LIVE_MS } from "./queries.ts";

/** What a plan is made of. */
export type PlanRequest = InferRequestType<typeof admin.replays.$post>["json"];

/** A replay of the list. */
export type ListedReplay = InferResponseType<typeof admin.replays.$get, 200>["replays"][number];

/** How often a replay that runs is looked at, in milliseconds: somebody waits for it. */
const RUNNING_MS = 1_500;

const CountsSchema = v.record(v.string(), v.number());

const TargetPlanSchema = v.object({
  target: v.string(),
  deliveries: v.number(),
  states: CountsSchema,
  repeats: CountsSchema,
  wouldBeHeld: v.number(),
});
export type TargetPlan = v.InferOutput<typeof TargetPlanSchema>;

/** A plan as pages show it. The log keeps plans as the release that made them did, so that they are read as anything is. */
const PlanSchema = v.object({
  selected: v.number(),
  takesSeconds: v.number(),
  targets: v.array(TargetPlanSchema),
  excluded: CountsSchema,
  sample: v.optional(
    v.array(
      v.object({ delivery: v.string(), differs: v.nullable(v.boolean()), detail: v.optional(v.nullable(v.string())) }),
    ),
    [],
  ),
});
export type Plan = v.InferOutput<typeof PlanSchema>;

/** The last replays, live. */
export function useReplays() {
  return useQuery({
    queryKey: ["replays"],
    queryFn: async ({ signal }) => (await answerOf(admin.replays.$get({}, { init: { signal } }))).replays,
    refetchInterval: LIVE_MS,
  });
}

/** One replay with its plan and how far it has come, live until nothing can change any more. */
export function useReplay(id: string) {
  return useQuery({
    queryKey: ["replays", id],
    queryFn: async ({ signal }) => {
      const replay = await answerOf(admin.replays[":id"].$get({ param: { id } }, { init: { signal } }));
      return { ...replay, plan: v.parse(PlanSchema, replay.plan) };
    },
    refetchInterval: ({ state }) => {
      if (isUnreachable(state.error)) return LIVE_MS;
      if (state.data?.state === "running") return RUNNING_MS;
      // Of what was sent something may still be on its way to its end.
      return state.data?.state === "done" || state.data?.state === "stopped" ? LIVE_MS : false;
    },
  });
}

/** A replay with its plan and how far it has come. */
export type WholeReplay = NonNullable<ReturnType<typeof useReplay>["data"]>;
