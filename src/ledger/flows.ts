// How much went which way: from an inlet by a route to a target, of the sendouts that came in last. Counted from the rows
// when somebody looks, so that it costs nothing on a sendout's way.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** How many sendouts are looked at in each database: a day of most routers, and well under a second to read. */
export const FLOW_SENDOUTS_MAX = 10_000;

export const FlowSchema = v.object({
  inlet: v.string(),
  route: v.string(),
  target: v.string(),
  deliveries: v.number(),
});

/** One way, and how many deliveries were planned on it. */
export type Flow = v.InferOutput<typeof FlowSchema>;

/**
 * The instant from which on there are no more sendouts than are looked at, in milliseconds since 1970; `since` where there
 * are fewer.
 *
 * @throws whatever D1 throws
 */
export async function flowsBegin(db: D1Database, since: number): Promise<number> {
  await ensureMigrated(db);
  const row = await db
    .prepare(
      "SELECT received_at AS at FROM sendouts WHERE received_at >= ?1 ORDER BY received_at DESC LIMIT 1 OFFSET ?2",
    )
    .bind(since, FLOW_SENDOUTS_MAX)
    .first<{ at: number }>();
  // Behind the one that is too many, with whatever came in the same millisecond.
  return row === null ? since : row.at + 1;
}

/**
 * Deliveries that were planned for the sendouts received since an instant, whatever became of them, by their way.
 *
 * @throws whatever D1 throws
 */
export async function countFlows(db: D1Database, since: number): Promise<Flow[]> {
  const { results } = await db
    .prepare(
      `SELECT s.inlet, planned.value ->> '$.route' AS route, planned.value ->> '$.target' AS target, count(*) AS deliveries
       FROM sendouts AS s CROSS JOIN json_each(s.planned) AS planned WHERE s.received_at >= ?1 GROUP BY 1, 2, 3`,
    )
    .bind(since)
    .all();
  return v.parse(v.array(FlowSchema), results);
}
