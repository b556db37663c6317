// How targets and routes stand, in a word and a colour: what a person has paused, what has stopped by itself, what is slow.
// Pure.

import type { InferResponseType } from "hono/client";
import type { admin } from "../../api/admin.ts";
import type { Pause } from "../../api/holds.ts";
import type { Mood } from "../../components/badge.tsx";

/** A target as `GET /admin/standing` has it. */
export type TargetStanding = InferResponseType<typeof admin.standing.$get, 200>["targets"][number];

/** How a part stands; nothing is said of what is well. */
export interface Standing {
  word: string;
  mood: Mood;
}

const WORDS: Readonly<Record<TargetStanding["state"], Standing | undefined>> = {
  healthy: undefined,
  slow: { word: "slow", mood: "warn" },
  throttled: { word: "throttled", mood: "warn" },
  recovering: { word: "recovering", mood: "warn" },
  not_ready: { word: "not ready", mood: "bad" },
  broken: { word: "breaker open", mood: "bad" },
  paused: { word: "paused", mood: "warn" },
};

/** How a target stands. */
export function ofTarget({ state, reason }: TargetStanding): Standing | undefined {
  if (state === "paused" && reason === "credentials") return { word: "credentials refused", mood: "bad" };
  return state === "paused" && reason === "gone" ? { word: "gone", mood: "bad" } : WORDS[state];
}

/** How a route stands, which only a person pauses. */
export function ofRoute(pause: Pause | undefined): Standing | undefined {
  return pause === undefined ? undefined : WORDS.paused;
}
