// What to do with a delivery that a queue offers, by what the ledger knows of it. Pure.

import { isEnded, type Standing } from "../ledger/deliveries.ts";
import type { Holdups, Pause, PauseSubject } from "../ledger/pauses.ts";
import type { DeliverMessage } from "./message.ts";

/** What to do. Instants are milliseconds since 1970. */
export type Decision =
  | { do: "call" }
  /** There is nothing left to do: it has ended, or waits for a person. */
  | { do: "drop" }
  /** Its next attempt is still to come. */
  | { do: "wait"; until: number }
  /** It is too old to be sent. */
  | { do: "expire" }
  | { do: "hold"; reason: HoldReason };

/** What a delivery waits for that is not called for now. */
type HoldReason = "target_paused" | "route_paused" | "breaker_open";

/** A message may come this much before its time, in milliseconds: clocks differ. */
const EARLY_MS = 1_000;

/**
 * Decides.
 *
 * @param standing undefined when it has no outcome yet, or when the ledger does not answer
 */
export function decide(
  delivery: Pick<DeliverMessage, "target" | "route" | "round" | "attemptsBefore" | "trigger" | "probe" | "expiresAt">,
  standing: Standing | undefined,
  { pauses }: Pick<Holdups, "pauses">,
  now: number,
): Decision {
  // Only a replay sends again what has succeeded, and says so.
  if (standing?.state === "delivered" && delivery.trigger !== "replay") return { do: "drop" };
  // A message of an earlier round is a duplicate: the later round has its own.
  if (standing !== undefined && standing.round > delivery.round) return { do: "drop" };
  // A row of an earlier round says nothing else about this one.
  const own = standing?.round === delivery.round ? standing : undefined;
  if (own !== undefined && (isEnded(own.state) || own.reason === "ambiguous")) return { do: "drop" };
  if (delivery.expiresAt !== undefined && now >= delivery.expiresAt) return { do: "expire" };
  const attempted = own !== undefined && own.attemptsMade > delivery.attemptsBefore;
  const paused = pausedBy(delivery, pauses, attempted);
  if (paused !== undefined) return { do: "hold", reason: paused };
  // The queue's duplicate, or a retry asked for twice: the target is not called more often than its schedule says.
  if (own?.state === "scheduled" && own.dueAt !== null && own.dueAt - now > EARLY_MS) {
    return { do: "wait", until: own.dueAt };
  }
  return { do: "call" };
}

function pausedBy(
  { target, route, probe }: Pick<DeliverMessage, "target" | "route" | "probe">,
  pauses: Holdups["pauses"],
  attempted: boolean,
): HoldReason | undefined {
  const pauseOf = (subject: PauseSubject): Pause | undefined => {
    const pause = pauses.get(subject);
    return pause?.mode === "drain" && attempted ? undefined : pause;
  };
  const own = pauseOf(`target:${target}`);
  if (own !== undefined && own.reason !== "breaker") return "target_paused";
  if (pauseOf(`route:${route}`) !== undefined) return "route_paused";
  return own === undefined || probe === true ? undefined : "breaker_open";
}
