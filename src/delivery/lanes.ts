// Between the consumer and the gates: asks each target's gate which deliveries may go, moves those of slow targets to the
// SLOW queue, and tells the gates how the calls ended. A gate that does not answer stops nothing.

import { noteLane } from "../ledger/pauses.ts";
import { logFailure } from "../log.ts";
import type { Called } from "./call.ts";
import { deliveryId } from "./delivery-id.ts";
import type { Ending, Report, WaitReason } from "./gate/admission.ts";
import { askGate, tellGate, type GateBindings } from "./gate/ask-gate.ts";
import { readRateHeaders } from "./gate/rate-headers.ts";
import type { Going, Item } from "./item.ts";
import type { Verdict } from "./judge.ts";
import { infrastructureDelaySeconds } from "./schedule.ts";

/** The bindings this file works with. */
export type LaneBindings = GateBindings & { LEDGER: D1Database; SLOW: Queue };

/** What the gates said. Instants are milliseconds since 1970. */
export interface Admitted {
  going: Going[];
  waiting: { item: Item; reason: WaitReason; until: number }[];
  /** Those that the gate has seen succeed, of which the ledger has not heard. */
  done: Item[];
}

interface Choices {
  now: () => number;
  lane: "fast" | "slow";
}

/** How much longer than its timeout a call may be under way before another copy of it may be made, in milliseconds. */
const LEASE_SLACK_MS = 15_000;

/**
 * Asks the gates. Deliveries of slow targets are moved to their own queue and are not among what is returned.
 *
 * @param slow targets that the ledger has as slow
 */
export async function admitAll(
  items: readonly Item[],
  env: LaneBindings,
  { now, lane: own }: Choices,
  slow: ReadonlySet<string>,
): Promise<Admitted> {
  const admitted: Admitted = { going: [], waiting: [], done: [] };
  const asked = [...byAccount(items)].map(async ([account, together]) => {
    const leaseMs = Math.max(...together.map(({ delivery }) => delivery.timeoutMs)) + LEASE_SLACK_MS;
    const limits = together[0]?.delivery.limits ?? {};
    const { admissions, lane } = await askGate(env, account, together.map(gateId), limits, leaseMs, now());
    await noteLanes(env, together, lane, slow, now());
    const going: Going[] = [];
    for (const [index, item] of together.entries()) {
      const admission = admissions[index];
      if (admission === undefined) item.message.retry({ delaySeconds: infrastructureDelaySeconds(1) });
      else if (admission.verdict === "go") going.push({ ...item, lease: admission.lease });
      else if (admission.verdict === "done") admitted.done.push(item);
      else admitted.waiting.push({ item, reason: admission.reason, until: admission.until });
    }
    const moves = own === "fast" && lane === "slow";
    admitted.going.push(...(moves ? await moveToSlow(env, account, going, now()) : going));
  });
  await Promise.all(asked);
  return admitted;
}

/**
 * Moves to the SLOW queue what was let through and has not been called, because its target turned out to be slow. What
 * that queue refuses is offered again.
 */
export async function passOn(
  waiting: readonly Going[],
  env: LaneBindings,
  { now }: Pick<Choices, "now">,
  slow: ReadonlySet<string>,
): Promise<void> {
  const passed = [...Map.groupBy(waiting, accountOf)].map(async ([account, together]) => {
    await noteLanes(env, together, "slow", slow, now());
    const staying = await moveToSlow(env, account, together, now());
    for (const { message } of staying) message.retry({ delaySeconds: infrastructureDelaySeconds(message.attempts) });
    if (staying.length > 0) await tellGate(env, account, staying.map(unused), now());
  });
  await Promise.all(passed);
}

/** Tells the gates how the calls ended. */
export async function reportAll(
  called: readonly Called[],
  env: LaneBindings,
  { now }: Choices,
  slow: ReadonlySet<string>,
): Promise<void> {
  const told = [...Map.groupBy(called, ({ item }) => accountOf(item))].map(async ([account, together]) => {
    const lane = await tellGate(env, account, together.map(reportOf), now());
    const items = together.map(({ item }) => item);
    if (lane !== undefined) await noteLanes(env, items, lane, slow, now());
  });
  await Promise.all(told);
}

function byAccount(items: readonly Item[]): Map<string, Item[]> {
  return Map.groupBy(items, accountOf);
}

function accountOf({ delivery }: Item): string {
  return delivery.account ?? delivery.target;
}

/** A round of attempts has an id of its own: what was delivered in an earlier one may be asked for again. */
function gateId({ delivery: { sendoutId, target, copy, round } }: Item): string {
  return `${deliveryId(sendoutId, target, copy)}#${round}`;
}

function reportOf({ item, judged, sent }: Called): Report {
  const { lease } = item;
  const id = gateId(item);
  const result = sent?.result;
  if (judged === undefined || result === undefined || result.kind === "refused" || result.kind === "not_ready") {
    return unused(item);
  }
  const said = result.kind === "answered" ? readRateHeaders(result.status, result.answer.headers, judged.endedAt) : {};
  return { id, outcome: endingOf(judged.verdict), lease, ms: judged.attempt.ms, endedAt: judged.endedAt, ...said };
}

/** A target that says no is one that answers. */
function endingOf({ verdict }: Verdict): Ending {
  if (verdict === "delivered") return "delivered";
  return verdict === "retry" ? "failed" : "refused";
}

/** Moves deliveries to the SLOW queue. Returns those that it refuses: they go on from here. */
async function moveToSlow(env: LaneBindings, account: string, going: readonly Going[], now: number): Promise<Going[]> {
  const staying: Going[] = [];
  const moved: Report[] = [];
  for (const item of going) {
    try {
      await env.SLOW.send(item.delivery, { contentType: "v8" });
      item.message.ack();
      moved.push(unused(item));
    } catch (error) {
      logFailure("slow_lane_refused", error);
      staying.push(item);
    }
  }
  if (moved.length > 0) await tellGate(env, account, moved, now);
  return staying;
}

/** For the gate: one that was let through and not called. */
function unused(item: Going): Report {
  return { id: gateId(item), outcome: "unused", lease: item.lease };
}

/** Notes a target's lane where the ledger has another, so that routing sends its deliveries there at once. */
async function noteLanes(
  env: LaneBindings,
  items: readonly Item[],
  lane: "fast" | "slow",
  slow: ReadonlySet<string>,
  now: number,
): Promise<void> {
  const targets = new Set(items.map(({ delivery }) => delivery.target));
  const changed = [...targets].filter((target) => slow.has(target) !== (lane === "slow"));
  try {
    for (const target of changed) await noteLane(env.LEDGER, target, lane, now);
  } catch (error) {
    logFailure("lane_not_noted", error); // it costs a detour through the fast queue, no more
  }
}
