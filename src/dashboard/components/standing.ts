// How targets and routes stand, in a word and a colour: what a person has paused, what has stopped by itself, what is slow.
// Pure.

import type { InferResponseType } from "hono/client";
import type { admin } from "../api/admin.ts";
import type { Pause } from "../api/holds.ts";
import type { Mood } from "./badge.tsx";

/** A target as `GET /admin/standing` has it. */
export type TargetStanding = InferResponseType<typeof admin.standing.$get, 200>["targets"][number];

/** How something stands, in a word. */
export interface Standing {
  word: string;
  mood: Mood;
}

/** Every state of a target, the gravest first. */
export const STANDINGS: Readonly<Record<TargetStanding["state"], Standing>> = {
  broken: { word: "breaker open", mood: "bad" },
  not_ready: { word: "not ready", mood: "bad" },
  paused: { word: "paused", mood: "warn" },
  recovering: { word: "recovering", mood: "warn" },
  throttled: { word: "throttled", mood: "warn" },
  slow: { word: "slow", mood: "warn" },
  healthy: { word: "healthy", mood: "good" },
};

/** What is to be said of a target; nothing where it is well. */
export function ofTarget({ state, reason }: TargetStanding): Standing | undefined {
  if (state === "healthy") return undefined;
  if (state === "paused" && reason === "credentials") return { word: "credentials refused", mood: "bad" };
  return state === "paused" && reason === "gone" ? { word: "gone", mood: "bad" } : STANDINGS[state];
}

/** The same of a route, which only a person pauses. */
export function ofRoute(pause: Pause | undefined): Standing | undefined {
  return pause === undefined ? undefined : STANDINGS.paused;
}
