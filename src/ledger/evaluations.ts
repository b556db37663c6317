// Marks of evaluations under way. An evaluation that uses up the processor time of its invocation is stopped without any
// of our code being asked; its mark is what is left of it, and says so when the same thing comes again.

import * as v from "valibot";
import { logFailure } from "../log.ts";
import { withinBudget } from "./budget.ts";
import { ensureMigrated } from "./migrate.ts";

/** How long a mark is kept that nothing came back for, in milliseconds: as long as a queue can keep a message. */
const KEPT_MS = 14 * 24 * 3_600_000;

/**
 * How often each of these was being evaluated when everything stopped. Those that never were are not among them.
 *
 * @throws whatever D1 throws
 */
export async function readMarks(db: D1Database, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare("SELECT id, begun FROM evaluations WHERE id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(ids))
    .all();
  return new Map(v.parse(v.array(MarkSchema), results).map(({ id, begun }) => [id, begun]));
}

const MarkSchema = v.object({ id: v.string(), begun: v.number() });

/**
 * Evaluates under a mark for each of these, which is taken away however the work ends, unless it is stopped by force.
 * While D1 does not answer there is no mark, and so no protection; the work is done all the same.
 *
 * @param now milliseconds since 1970
 * @throws whatever the work throws
 */
export async function whileMarked<T>(
  db: D1Database,
  ids: readonly string[],
  now: number,
  work: () => Promise<T>,
): Promise<T> {
  const marked = ids.length > 0 && (await beginEvaluations(db, ids, now));
  try {
    return await work();
  } finally {
    if (marked) await endEvaluations(db, ids);
  }
}

/** Marks evaluations. Never throws: false when D1 did not take it, as far as is known. */
export async function beginEvaluations(db: D1Database, ids: readonly string[], now: number): Promise<boolean> {
  try {
    const statement = db
      .prepare(
        `INSERT INTO evaluations (id, begun, at) SELECT value, 1, ?2 FROM json_each(?1) WHERE true
         ON CONFLICT (id) DO UPDATE SET begun = evaluations.begun + 1, at = excluded.at`,
      )
      .bind(JSON.stringify(ids), now);
    await withinBudget(statement.run());
    return true;
  } catch (error) {
    logFailure("evaluation_not_marked", error);
    return false;
  }
}

/** Takes marks away. Never throws: one that stays counts as one more time, of which it takes several. */
export async function endEvaluations(db: D1Database, ids: readonly string[]): Promise<void> {
  try {
    const statement = db
      .prepare("DELETE FROM evaluations WHERE id IN (SELECT value FROM json_each(?1))")
      .bind(JSON.stringify(ids));
    await withinBudget(statement.run());
  } catch (error) {
    logFailure("evaluation_still_marked", error);
  }
}

/**
 * Forgets marks that nothing came back for.
 *
 * @throws whatever D1 throws
 */
export async function forgetOldMarks(db: D1Database, now: number): Promise<void> {
  await ensureMigrated(db);
  await db
    .prepare("DELETE FROM evaluations WHERE at < ?1")
    .bind(now - KEPT_MS)
    .run();
}
