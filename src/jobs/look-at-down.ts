// The watchdog's look at targets that do not take deliveries: their breaker is open, or deliveries have failed for a while
// and will be tried again. An outage changes its face, from 503 to no answer and back; it is one incident all the same.

import { countAllFailing } from "../ledger/everywhere.ts";
import { listPauses } from "../ledger/pauses.ts";
import { listDown, type Down, type Failing } from "../ledger/recoveries.ts";
import type { ShardBindings } from "../ledger/shards.ts";
import type { Found, Look } from "../ledger/watched-incidents.ts";

/** How long a target has to have taken deliveries again to count as well, in milliseconds. */
export const RECOVERED_MS = 5 * 60_000;

/** After how long without any call to it a target that was down counts as well, in milliseconds. */
const FORGOTTEN_MS = 60 * 60_000;

/**
 * Looks which targets are down. One that was stays so until it has taken deliveries for five minutes.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function lookAtDown(env: ShardBindings, now: number): Promise<Look> {
  const [pauses, failing, known] = await Promise.all([
    listPauses(env.LEDGER),
    countAllFailing(env, now),
    listDown(env.LEDGER),
  ]);
  const broken = new Set(
    pauses.flatMap(({ subject, reason }) => (reason === "breaker" ? [subject.slice("target:".length)] : [])),
  );
  const found: Found[] = [...broken].map((target) => ({ subject: target, target, detail: describeBreaker(target) }));
  for (const [target, ofTarget] of Map.groupBy(failing, (one) => one.target)) {
    const at = Math.max(...ofTarget.map(({ lastAt }) => lastAt));
    const isNews = at > wellSince(known.find((down) => down.target === target));
    if (isNews && !broken.has(target)) found.push({ subject: target, target, at, detail: describe(target, ofTarget) });
  }
  const unknown = known.filter((down) => !isOver(down, now)).map(({ target }) => target);
  return { kind: "target_down", found, unknown };
}

/** Up to when a target is known to have been well, in milliseconds since 1970. */
function wellSince(down: Down | undefined): number {
  return Math.max(down?.recoveredAt ?? 0, down?.resolvedAt ?? 0);
}

function isOver({ recoveredAt, lastSeenAt }: Down, now: number): boolean {
  return now - (recoveredAt ?? now) >= RECOVERED_MS || now - lastSeenAt >= FORGOTTEN_MS;
}

function describeBreaker(target: string): string {
  return `breaker: The target "${target}" does not answer. Everything for it is held, which costs no attempt, and one delivery tries it now and then; it is resumed by itself when one gets through.`;
}

function describe(target: string, failing: readonly Failing[]): string {
  const causes = failing.map(
    ({ reason, status, count }) => `${reason}${status === null ? "" : ` ${status}`}: ${count}`,
  );
  return `Deliveries to the target "${target}" have failed for a while and are tried again by their schedule. ${causes.join(", ")}.`;
}
