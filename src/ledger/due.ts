// What waits for each target, for people: how much, and when the next of it goes.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** How many deliveries are looked at, those that go next first. Each costs two rows read, with its index entry. */
const READ_MAX = 5_000;

const DueSchema = v.object({
  target: v.string(),
  count: v.number(),
  /** Milliseconds since 1970. */
  nextAt: v.number(),
});
/** Deliveries of one target that are to be tried again. */
export type Due = v.InferOutput<typeof DueSchema>;

/**
 * Counts the deliveries that are to be tried again, by target, with when the next one goes.
 *
 * @returns `isPartial` when there may be more than were looked at
 * @throws whatever D1 throws
 */
export async function countDue(db: D1Database): Promise<{ due: Due[]; isPartial: boolean }> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT iif(state = 'scheduled', target, NULL) AS target, count(*) AS count, min(sweep_at) AS nextAt FROM (
         SELECT target, state, sweep_at FROM deliveries WHERE sweep_at IS NOT NULL ORDER BY sweep_at LIMIT ${READ_MAX})
       GROUP BY 1`,
    )
    .all();
  const groups = v.parse(v.array(v.object({ ...DueSchema.entries, target: v.nullable(v.string()) })), results);
  const read = groups.reduce((sum, { count }) => sum + count, 0);
  const due = groups.flatMap(({ target, ...rest }) => (target === null ? [] : [{ target, ...rest }]));
  return { due, isPartial: read === READ_MAX };
}
