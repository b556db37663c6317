// Whether people are told something of an incident, and what: only when what they know is not true any more, and not each
// time something comes and goes. Pure.

import type { Change } from "../ledger/alerts.ts";
import type { Telling, Told } from "../ledger/told.ts";

/** How long something has to be over before people are told so, in milliseconds: what comes back is not over. */
export const CLEAR_AFTER_MS = 5 * 60_000;

/** The same for something that has come back often: it doubles each time, up to this. */
export const CLEAR_AFTER_MS_MAX = 60 * 60_000;

/** How long it is remembered that something has come back, in milliseconds. */
const FLAPS_MS = 6 * 60 * 60_000;

/** What is to be done about an incident: nothing where it is undefined, and no message where `change` is. */
export type Judgement = { change: Exclude<Change, "digest" | "test"> | undefined; telling: Telling };

/**
 * Judges what to say of an incident.
 *
 * - open, and people do not know: told at once.
 * - over, and people think it is open: told when it has stayed so for five minutes, longer if it has come back before;
 *   at once when a person has resolved it.
 * - come and gone without anybody knowing: told in one message, unless a person has resolved it.
 * - back before people were told that it was over: nothing is said.
 * - open, told before `remindBefore`, and taken on by nobody: told again.
 *
 * @param now milliseconds since 1970
 */
export function judgeTelling(incident: Told, now: number, remindBefore: number): Judgement | undefined {
  return incident.resolvedAt === null
    ? judgeOpen(incident, now, remindBefore)
    : judgeResolved(incident, incident.resolvedAt, now);
}

function judgeOpen(incident: Told, now: number, remindBefore: number): Judgement | undefined {
  const { toldState, openedAt, toldAt, acknowledgedAt, saidAt, flaps } = incident;
  if (toldState !== "open") {
    const isBack = saidAt !== null && now - saidAt < FLAPS_MS;
    return judgement(incident, toldState === null ? "opened" : "reopened", "open", now, isBack ? flaps + 1 : 0);
  }
  if (openedAt > toldAt) return judgement(incident, undefined, "open", now, flaps + 1);
  if (acknowledgedAt === null && saidAt !== null && saidAt <= remindBefore)
    return judgement(incident, "reminder", "open", now, flaps);
  return undefined;
}

function judgeResolved(incident: Told, resolvedAt: number, now: number): Judgement | undefined {
  const { toldState, resolvedBy, flaps } = incident;
  const isBySomebody = resolvedBy === "person";
  const waitMs = Math.min(CLEAR_AFTER_MS * 2 ** Math.min(flaps, 10), CLEAR_AFTER_MS_MAX);
  if (!isBySomebody && now - resolvedAt < waitMs) return undefined;
  if (toldState === "open") return judgement(incident, "resolved", "resolved", now, flaps);
  return judgement(incident, isBySomebody ? undefined : "passed", "resolved", now, flaps);
}

function judgement(
  incident: Told,
  change: Judgement["change"],
  toldState: "open" | "resolved",
  now: number,
  flaps: number,
): Judgement {
  // Never before its opening: the clock of whoever opened it may be ahead of ours.
  const toldAt = Math.max(now, incident.openedAt);
  return {
    change,
    telling: { incident, toldState, toldAt, saidAt: change === undefined ? incident.saidAt : now, flaps },
  };
}
