// The time after the trouble: everything works again, and whatever was accepted has to come to its end.

import { MINUTE_MS, START_AT } from "./clock.ts";
import { readLedger } from "./ledger-audit.ts";
import type { Sender } from "./sender.ts";
import type { TargetPlan } from "./target-plans.ts";
import { TROUBLE_MINUTES } from "./trouble.ts";
import type { World } from "./world.ts";

/** How long everything has to recover, in minutes. */
const RECOVERY_MINUTES = 240;

/** Everything works again: people resume what is paused, and the cron comes by. Returns how many minutes it took. */
export async function recover(
  world: World,
  sender: Sender,
  ledger: D1Database,
  targets: readonly TargetPlan[],
): Promise<number> {
  for (let minute = 1; minute <= RECOVERY_MINUTES; minute++) {
    if (await isCronNeeded(world, ledger)) world.cron();
    if (minute % 10 === 2) await resumeAll(sender, ledger, targets);
    await world.runUntil(START_AT + (TROUBLE_MINUTES + minute) * MINUTE_MS);
    if (minute > 14 && world.isAtRest && sender.isDone && (await isSettled(world, ledger))) return minute;
  }
  return RECOVERY_MINUTES;
}

/** People resume what they or a refusal have paused, and decide about what is held for them. */
async function resumeAll(sender: Sender, ledger: D1Database, targets: readonly TargetPlan[]): Promise<void> {
  const { pauses, deliveries } = await readLedger(ledger);
  const waiting = deliveries.filter(({ state, sweep_at: sweepAt }) => state === "held" && sweepAt === null);
  for (const { name, route } of targets) {
    const isHeld = (reasons: readonly string[], key: "target" | "route", id: string) =>
      waiting.some((row) => row[key] === id && reasons.includes(row.reason ?? ""));
    const isPaused = (subject: string) =>
      pauses.some((pause) => pause.subject === subject && pause.reason !== "breaker");
    if (isPaused(`target:${name}`) || isHeld(["target_paused", "target_credentials"], "target", name)) {
      sender.admin(`targets/${name}/resume`, {});
    }
    if (isPaused(`route:${route}`) || isHeld(["route_paused"], "route", route))
      sender.admin(`routes/${route}/resume`, {});
  }
  for (const { sendout_id: id, target, reason } of waiting) {
    if (reason === "ambiguous") sender.admin(`deliveries/${id}.${target}/release`, {});
  }
}

/** In quiet times the cron is left out where it would find nothing: it costs more than everything else. */
export async function isCronNeeded(world: World, ledger: D1Database): Promise<boolean> {
  const { now } = world.clock;
  const row = await ledger
    .prepare(
      `SELECT (SELECT count(*) FROM deliveries WHERE sweep_at <= ?1 + 60000) AS due,
         EXISTS (SELECT 1 FROM sendouts AS s, json_each(s.planned) AS plan
             LEFT JOIN deliveries AS d ON d.sendout_id = s.id AND d.target = plan.value ->> 'target'
             WHERE s.received_at <= ?1 - 600000 AND d.sendout_id IS NULL)
           OR EXISTS (SELECT 1 FROM pauses WHERE reason = 'breaker')
           OR EXISTS (SELECT 1 FROM deliveries AS w WHERE w.state = 'held' AND w.reason = 'in_order' AND NOT EXISTS (
             SELECT 1 FROM deliveries AS a WHERE a.order_key = w.order_key AND a.state IN ('scheduled', 'held')
               AND a.reason IS NOT 'in_order')) AS orphans`,
    )
    .bind(now)
    .first<{ due: number; orphans: number }>();
  return (row?.due ?? 0) > 0 || (row?.orphans ?? 0) > 0 || Math.floor(now / MINUTE_MS) % 30 === 0;
}

/** Whether everything that was planned has ended. */
export async function isSettled(world: World, ledger: D1Database): Promise<boolean> {
  const { sendouts, deliveries } = await readLedger(ledger);
  const planned = sendouts.reduce((sum, row) => sum + (JSON.parse(row.planned) as unknown[]).length, 0); // src wrote it
  const ended = deliveries.filter(({ state }) => state !== "scheduled" && state !== "held").length;
  return ended >= planned && world.inboxCount() === 0;
}
