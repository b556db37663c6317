// Gives planned deliveries that were never heard of their row, with the request rendered as routing rendered it: the one
// place where the sweeper evaluates expressions.

import type { ClaimBindings } from "../ledger/claims.ts";
import type { Outcome } from "../ledger/deliveries.ts";
import { ORPHANS_JOB } from "../ledger/jobs.ts";
import { recordEntries, type RecordBindings } from "../ledger/record.ts";
import { readSendoutRecord } from "../ledger/search.ts";
import { adoptOrphans, type Orphan } from "../ledger/sweep.ts";
import { logFailure } from "../log.ts";
import { renderAgain } from "../routing/retry-delivery.ts";
import type { TableBindings, TableInForce } from "../routing/table-store.ts";
import { runCarefully, type Run } from "./careful.ts";

type AdoptBindings = TableBindings & RecordBindings & ClaimBindings;

/** How many are rendered in a run that follows a killed one. */
const CAREFUL_MAX = 5;

/**
 * Adopts orphans: all of them, or the first few where the run before was killed. One over whose rendering runs are
 * killed fails.
 *
 * @returns those that have a row now
 * @throws whatever D1 throws; then some may have one
 */
export async function adoptAll(
  env: AdoptBindings,
  orphans: readonly Orphan[],
  inForce: TableInForce,
  now: number,
): Promise<readonly Orphan[]> {
  const adopt = async (run: Run): Promise<readonly Orphan[]> => {
    const page = run.careful ? orphans.slice(0, CAREFUL_MAX) : orphans;
    const rendered: (Orphan & { request: string })[] = [];
    for (const orphan of page) {
      if (run.isKilled(markOf(orphan))) await giveUp(env, orphan, now);
      else rendered.push(await run.evaluate(markOf(orphan), async () => render(env, orphan, inForce)));
      // What is done is done, should the next one be what everything stops over.
      if (run.careful) await adoptOrphans(env.LEDGER, rendered.splice(0), now);
    }
    if (rendered.length > 0) await adoptOrphans(env.LEDGER, rendered, now);
    return page;
  };
  const marks = orphans.map(markOf);
  return runCarefully(env.LEDGER, ORPHANS_JOB, marks, now, adopt, (page) => page.length === orphans.length);
}

function markOf({ sendoutId, target }: Orphan): string {
  return `orphan:${sendoutId}.${target}`;
}

async function render(
  env: AdoptBindings,
  orphan: Orphan,
  inForce: TableInForce,
): Promise<Orphan & { request: string }> {
  const found = await readSendoutRecord(env.LEDGER, orphan.sendoutId);
  const request = found === undefined ? undefined : await renderAgain(env, found.sendout, orphan, inForce);
  if (request?.ok !== true) logFailure("orphan_unrenderable", request?.detail ?? "its sendout is gone");
  return { ...orphan, request: request?.ok === true ? request.value : "" };
}

async function giveUp(env: AdoptBindings, { sendoutId, target, route }: Orphan, now: number): Promise<void> {
  const reason = "evaluation_killed";
  const detail = `Rendering it used up an invocation's processor time twice. Simplify the expressions of target "${target}", then retry the delivery.`;
  const outcome: Outcome = {
    sendoutId,
    target,
    copy: 0,
    route,
    state: "failed",
    reason,
    round: 0,
    attemptsMade: 0,
    attemptsBefore: 0,
    updatedAt: now,
    dueAt: null,
    sweepAt: null,
    attempt: { at: now, ms: 0, reason, detail },
    request: "",
  };
  const occurrence = {
    id: `${sendoutId}.${target}`,
    kind: reason,
    subject: target,
    at: now,
    count: 1,
    detail,
  } as const;
  await recordEntries(env, [
    { kind: "outcome", outcome },
    { kind: "incident", occurrence },
  ]);
}
