// The request of a replayed delivery as the table in force makes it. A new copy gets ids of its own in its body too, or a
// target that recognises repeats by them would drop it.

import type { Candidate } from "../ledger/replay-candidates.ts";
import type { ReplayMode } from "../ledger/replays.ts";
import type { SendoutRow } from "../ledger/sendouts.ts";
import { failure, type Result } from "../result.ts";
import { renderAgain, type RetryBindings } from "../routing/retry-delivery.ts";
import type { TableInForce } from "../routing/table-store.ts";

/** The copy that a replay sends of a delivery: itself, or the next one. */
export function copyOf({ copy, newestCopy }: Pick<Candidate, "copy" | "newestCopy">, mode: ReplayMode): number {
  return mode === "as new" ? newestCopy + 1 : copy;
}

/**
 * Renders a delivery for a replay as now or as new. Written by `toColumn`.
 *
 * @throws whatever D1 or R2 throws
 */
export async function renderCandidate(
  env: RetryBindings,
  candidate: Candidate,
  sendout: SendoutRow | undefined,
  mode: ReplayMode,
  inForce: TableInForce,
): Promise<Result<string, "delivery_unrenderable">> {
  if (sendout === undefined) return failure("delivery_unrenderable", "its sendout is not there any more");
  // Ids are made of the sendout's; without a version of its own it is rendered by the table in force.
  const id = mode === "as new" ? `${sendout.id}~${copyOf(candidate, mode)}` : sendout.id;
  return renderAgain(env, { ...sendout, id, table_version: null }, candidate, inForce);
}
