// Gives planned deliveries that were never heard of their row, with the request rendered as routing rendered it: the one
// place where the sweeper evaluates expressions.

import type { ClaimBindings } from "../ledger/claims.ts";
import type { Outcome } from "../ledger/deliveries.ts";
import { ORPHANS_JOB } from "../ledger/jobs.ts";
import { recordEntries, type RecordBindings } from "../ledger/record.ts";
import { readSendoutRecord } from "../ledger/search.ts";
import { databaseOf, HOME } from "../ledger/shards.ts";
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
 * @param shard the number of the database that they are in
 * @returns those that have a row now
 * @throws whatever D1 throws; then some may have one
 */
export async function adoptAll(
  env: AdoptBindings,
  shard: number,
  orphans: readonly Orphan[],
  inForce: TableInForce,
  now: number,
): Promise<readonly Orphan[]> {
  const db = databaseOf(env, shard);
  const adopt = async (run: Run): Promise<readonly Orphan[]> => {
    const page = run.careful ? orphans.slice(0, CAREFUL_MAX) : orphans;
    const rendered: (Orphan & { request: string })[] = [];
    for (const orphan of page) {
      if (run.isKilled(markOf(orphan))) await giveUp(env, shard, orphan, now);
      else rendered.push(await run.evaluate(markOf(orphan), async () => render(env, db, orphan, inForce)));
      // What is done is done, should the next one be what everything stops over.
      if (run.careful) await adoptOrphans(db, rendered.splice(0), now);
    }
    if (rendered.length > 0) await adoptOrphans(db, rendered, now);
    return page;
  };
  const marks = orphans.map(markOf);
  // Other databases have their turn in an invocation of their own.
  const job = shard === HOME ? ORPHANS_JOB : `${ORPHANS_JOB}_of_others`;
  return runCarefully(env.LEDGER, job, marks, now, adopt, (page) => page.length === orphans.length);
}

function markOf({ sendoutId, target }: Orphan): string {
  return `orphan:${sendoutId}.${target}`;
}

async function render(
  env: AdoptBindings,
  db: D1Database,
  orphan: Orphan,
  inForce: TableInForce,
): Promise<Orphan & { request: string }> {
  const found = await readSendoutRecord(db, orphan.sendoutId);
  const request = found === undefined ? undefined : await renderAgain(env, found.sendout, orphan, inForce);
  if (request?.ok !== true) logFailure("orphan_unrenderable", request?.detail ?? "its sendout is gone");
  return { ...orphan, request: request?.ok === true ? request.value : "" };
}

async function giveUp(
  env: AdoptBindings,
  shard: number,
  { sendoutId, target, route }: Orphan,
  now: number,
): Promise<void> {
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
    { kind: "outcome", outcome, shard },
    { kind: "incident", occurrence },
  ]);
}
