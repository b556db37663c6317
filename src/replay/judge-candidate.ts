// Whether a replay takes a delivery, and whether its target would see it twice. Pure; the plan and the run go by the same
// answers.

import type { CompiledTarget } from "../routing/compile-target.ts";
import { expiryOf } from "../routing/resend.ts";
import type { TableInForce } from "../routing/table-store.ts";
import { goneFrom } from "../ledger/content.ts";
import type { Candidate } from "../ledger/replay-candidates.ts";
import type { ReplayMode } from "../ledger/replays.ts";
import type { Idempotency } from "../recipes/recipe.ts";
import { findRecipe } from "../recipes/registry.ts";

/** The highest number that the id of a delivery has for a copy. */
const COPIES_MAX = 9_999;

/** Why a delivery that a selection names is not sent. */
export type Exclusion =
  /** The table in force has no such target. */
  | "target_gone"
  /** Its target wants nothing this old any more. */
  | "too_old"
  /** It was never rendered, so there are no bytes to send as then. */
  | "never_rendered"
  /** Its payload and request are kept no longer. */
  | "not_kept"
  /** It is a copy; only what routing made is sent as new. */
  | "is_copy"
  | "too_many_copies";

/** Why a delivery is not sent; undefined when it is. */
export function exclusionOf(
  { target, copy, newestCopy, happenedAt, request }: Candidate,
  mode: ReplayMode,
  { table }: TableInForce,
  now: number,
): Exclusion | undefined {
  const policy = table.targets.get(target);
  if (policy === undefined) return "target_gone";
  const expiresAt = expiryOf(policy, happenedAt);
  if (expiresAt !== undefined && now >= expiresAt) return "too_old";
  if (goneFrom(request) !== undefined) return "not_kept";
  if (mode === "as then" && request === "") return "never_rendered";
  if (mode !== "as new") return undefined;
  if (copy !== 0) return "is_copy";
  return newestCopy < COPIES_MAX ? undefined : "too_many_copies";
}

/** How a target would take a delivery that it may have had. */
export type Repetition =
  /** It was never called for this delivery. */
  | "never_sent"
  /** It recognises the repeat, or writes the same thing again. */
  | "recognised"
  /** It does not recognise a repeat, not any more, or nobody knows. */
  | "may_be_seen_twice";

/** How a target recognises a repeat; undefined when nobody has said. */
export function idempotencyOf({ recipe }: Pick<CompiledTarget, "recipe">): Idempotency | undefined {
  return recipe === undefined ? undefined : findRecipe(recipe)?.idempotency;
}

/** How a delivery's target would take it. */
export function repetitionOf(
  { attemptsMade, updatedAt }: Pick<Candidate, "attemptsMade" | "updatedAt">,
  mode: ReplayMode,
  idempotency: Idempotency | undefined,
  now: number,
): Repetition {
  if (attemptsMade === 0) return "never_sent";
  switch (idempotency?.kind) {
    case "upsert":
      return "recognised";
    case "header":
    case "body": {
      const { windowSeconds } = idempotency;
      const forgotten = windowSeconds !== undefined && now - updatedAt > windowSeconds * 1_000;
      // A new copy has a key of its own: not to be recognised is what it is for.
      return mode === "as new" || forgotten ? "may_be_seen_twice" : "recognised";
    }
    case "none":
    case undefined:
      return "may_be_seen_twice";
  }
}
