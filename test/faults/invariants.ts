// What must hold whatever happens (DESIGN.md, "Invariants"), asked of what the targets saw and of what the ledger says.
// Nothing here is taken from src: it is the second opinion.

import type { Fault, Invocation, Step } from "./calls.ts";
import type { Change, LedgerState } from "./ledger-audit.ts";
import type { TargetCall } from "./target.ts";

/** What is known of the targets of a world. */
export interface Expectation {
  /** How many attempts a round has, by target. */
  attempts: ReadonlyMap<string, number>;
  /** Which route leads to which target. */
  routes: ReadonlyMap<string, string>;
}

const OPEN = new Set(["scheduled", "held"]);

/**
 * What a problem begins with that is a limit of ours: what stopped an invocation cannot be told, and a sendout that it
 * happened to three times while it was evaluated is set aside, visibly (docs/delivery.md). It is counted and not failed
 * where so much has happened to routing.
 */
export const SET_ASIDE = "set aside: ";
const STOPPED_MIN = 3;

/** Whether so much has happened to routing that a sendout may have been set aside. */
export function mayBeSetAside(injected: readonly { fault: Fault; name: string; step: Step }[]): boolean {
  const stops = injected.filter(
    ({ fault, name, step }) => step === "ingest" && (fault.startsWith("crash") || name.endsWith(" evaluations")),
  );
  return stops.length >= STOPPED_MIN;
}

/**
 * What a problem begins with that is a limit of ours: while D1 does not answer for minutes, a sendout is routed by whichever
 * table is in hand, and the same sendout later by the one that was in force (docs/architecture.md). It is counted and not
 * failed where both has happened.
 */
export const OTHER_TABLE = "other table: ";

/** Whether a sendout may have been routed while D1 was silent, with another table published around that time. */
export function mayHaveOtherTable(
  injected: readonly { fault: Fault; name: string; step: Step }[],
  operations: readonly string[],
): boolean {
  const silent = injected.filter(({ name, step }) => step === "ingest" && name.startsWith("SELECT"));
  return silent.length >= STOPPED_MIN && operations.includes("publish");
}

/** What a call must not be. */
export function checkCall(call: TargetCall, before: readonly TargetCall[], { routes }: Expectation): string[] {
  const problems: string[] = [];
  const { invocation, target, key } = call;
  const first = before.find((other) => other.key === key);
  if (first !== undefined && (first.body !== call.body || first.url !== call.url)) {
    problems.push(`${OTHER_TABLE}${key} was called with other bytes than before`);
  }
  if (key === "") problems.push(`${target} was called without a key`);
  const known = invocation.lookUp;
  if (known === undefined) return problems;
  const [sendoutId = "", rest = ""] = key.split(".");
  const copy = rest.split("~")[1] ?? "0";
  const standing = known.states.get(`${sendoutId}.${target}.${copy}`);
  if (standing?.state === "delivered") problems.push(`${key} was called although the ledger had it as delivered`);
  for (const subject of [`target:${target}`, `route:${routes.get(target) ?? ""}`]) {
    const mode = known.pauses.get(subject);
    if (mode === "hold" || (mode === "drain" && standing === undefined)) {
      problems.push(`${key} was called although ${subject} was paused (${mode})`);
    }
  }
  return problems;
}

/**
 * What a change of a delivery's row must not be.
 *
 * @param askedAgain how often a person has asked for a delivery to be sent again, by its key
 */
export function checkChanges(
  changes: readonly Change[],
  { attempts }: Expectation,
  askedAgain: ReadonlyMap<string, number> = new Map(),
): string[] {
  const problems: string[] = [];
  const requests = new Map<string, string>();
  const resumed = new Map<string, number>();
  for (const change of changes) {
    const { key, state, reason, old_state: before, attempts_made: made, attempts_before: earlier } = change;
    const was = before === null ? "new" : `${before} in round ${change.old_round}`;
    const text = `${key}: ${was} became ${state} (${reason}) in round ${change.round}`;
    if (state === "deleted") problems.push(`${key} was deleted`);
    if (before === "delivered") problems.push(`${text}: delivered is for ever`);
    if ((change.round ?? 0) < (change.old_round ?? 0)) problems.push(`${text}: a round went back`);
    const sameRound = change.round === change.old_round;
    if (sameRound && before !== null && !OPEN.has(before) && OPEN.has(state)) problems.push(`${text}: it had ended`);
    if (state === "scheduled" && change.sweep_at === null) problems.push(`${text}: nobody would ever sweep it`);
    if (state === "held" && change.sweep_at === null && !WAITS_FOR_OTHERS.has(reason ?? "")) {
      problems.push(`${text}: it waits for nothing`);
    }
    const target = key.split(".")[1] ?? "";
    // Whoever lets go what was held, or has it sent again, asks for one more attempt, whatever the schedule says.
    if (reason === "resumed" || reason === "released") resumed.set(key, (resumed.get(key) ?? 0) + 1);
    const asked = (resumed.get(key) ?? 0) + (askedAgain.get(key) ?? 0);
    const most = (attempts.get(target) ?? 0) + asked;
    if (reason !== "delivery_gave_up" && (made ?? 0) - (earlier ?? 0) > most) {
      problems.push(`${text}: ${made} attempts after ${earlier}, and a round has ${most}`);
    }
    const request = requests.get(key);
    if (change.request !== null && change.request !== "") {
      if (request !== undefined && request !== change.request)
        problems.push(`${OTHER_TABLE}${text}: its request changed`);
      requests.set(key, change.request);
    }
  }
  return problems;
}

/** Reasons for which a delivery waits until a person or another delivery has done something. */
const WAITS_FOR_OTHERS = new Set([
  "in_order",
  "target_paused",
  "route_paused",
  "target_credentials",
  "breaker_open",
  "ambiguous",
]);

/** A sendout that somebody posted. */
export interface Posted {
  ref: string;
  /** The ids it was answered with. */
  accepted: string[];
}

/** What must be true when everything has recovered. */
export function checkEnd(
  { sendouts, repeats, deliveries, pauses }: LedgerState,
  posted: readonly Posted[],
  { routes }: Expectation,
): string[] {
  const problems: string[] = [];
  const bySendout = Map.groupBy(deliveries, (delivery) => delivery.sendout_id);
  for (const { ref, accepted } of posted) {
    for (const id of accepted) {
      const visible = sendouts.some((row) => row.accepted_id === id) || repeats.some((row) => row.accepted_id === id);
      if (!visible) problems.push(`lost: ${ref} was answered 202 with ${id}, which is nowhere`);
    }
  }
  for (const { id, planned, state, reason } of sendouts) {
    if (state === "quarantined" && reason === "evaluation_killed") {
      problems.push(`${SET_ASIDE}${id} is not evaluated any more`);
      continue;
    }
    if (state !== "routed") problems.push(`lost: ${id} is ${state}`);
    const plans = (JSON.parse(planned) as { target: string }[]).map(({ target }) => target); // src wrote it
    for (const target of routes.keys())
      if (!plans.includes(target)) problems.push(`lost: ${id} is not planned for ${target}`);
    const own = bySendout.get(id) ?? [];
    for (const target of plans) {
      if (!own.some((row) => row.target === target)) problems.push(`stuck: ${id}.${target} has no outcome`);
    }
  }
  for (const row of deliveries) {
    if (!OPEN.has(row.state)) continue;
    const paused = pauses.filter(
      ({ subject }) => subject === `target:${row.target}` || subject === `route:${row.route}`,
    );
    const why = paused.map(({ subject, reason }) => `, ${subject} is paused (${reason})`).join("");
    problems.push(`stuck: ${row.sendout_id}.${row.target} is ${row.state} (${row.reason})${why}`);
  }
  return problems;
}

/** Two messages of one delivery can both be on their way to the target within this time, in milliseconds. */
const RACE_MS = 15_000;

/**
 * Every call of a delivery that nothing ever happened to must stand in its log, whatever has become of it meanwhile, and
 * none may have come after it failed. Two of one instant with the same answer are one entry there: the rig's calls take
 * no time.
 */
export function checkLog({ deliveries }: LedgerState, calls: readonly TargetCall[]): string[] {
  return deliveries.flatMap(({ sendout_id: sendoutId, target, copy, state, updated_at: since, attempts }) => {
    const key = `${sendoutId}.${target}${copy === 0 ? "" : `~${copy}`}`;
    const own = calls.filter((call) => call.key === key);
    const isHealthy = own.every(({ invocation }) => invocation.alive && invocation.faults === 0);
    if (!isHealthy) return [];
    const distinct = new Set(own.map(({ at, behaviour }) => `${at} ${behaviour}`)).size;
    if (state === "failed" && own.some(({ at }) => at > since + RACE_MS))
      return [`stale: ${key} failed before its last call`];
    return distinct <= attempts.length
      ? []
      : [`unlogged: ${key} was called ${distinct} times, its log has ${attempts.length}`];
  });
}

/**
 * How often a call was made right after another one of the same delivery had failed, before that was written down: by a
 * second message of it, which the queue had offered at the same time.
 */
export function countRaces(calls: readonly TargetCall[]): number {
  return calls.filter((call, index) => {
    const { key, at, invocation } = call;
    const before = calls.slice(0, index).findLast((other) => other.key === key);
    if (before === undefined || before.done || before.invocation === invocation) return false;
    if (invocation.faults > 0 || before.invocation.faults > 0) return false;
    // An ordinary retry sees the attempt before it.
    return at - before.at <= RACE_MS && attemptsSeen(call) === attemptsSeen(before);
  }).length;
}

/** How many attempts the ledger had when the look-up before a call was answered. */
function attemptsSeen({ key, target, invocation }: TargetCall): number {
  const [sendoutId = "", rest = ""] = key.split(".");
  return invocation.lookUp?.states.get(`${sendoutId}.${target}.${rest.split("~")[1] ?? "0"}`)?.attemptsMade ?? 0;
}

/** Why a target got a request again that it had done already. */
export type DuplicateCause = "crash" | "not recorded in time" | "ledger silent" | "no answer" | "unexplained";

/**
 * Calls for something that had been done, each with its cause. A retry after an answer that never came is one that the
 * sender cannot tell from a request that was not done.
 */
export function findDuplicates(
  calls: readonly TargetCall[],
  recordedBefore: (key: string, invocation: Invocation) => boolean,
): DuplicateCause[] {
  const causes: DuplicateCause[] = [];
  for (const [, together] of Map.groupBy(calls, ({ key }) => key)) {
    together.forEach((call, index) => {
      const done = together.slice(0, index).findLast((other) => other.done);
      if (done === undefined) return;
      if (done.behaviour === "reset") causes.push("no answer");
      else if (!done.invocation.alive) causes.push("crash");
      else if (call.invocation.lookUp === undefined) causes.push("ledger silent");
      else causes.push(recordedBefore(call.key, call.invocation) ? "unexplained" : "not recorded in time");
    });
  }
  return causes;
}
