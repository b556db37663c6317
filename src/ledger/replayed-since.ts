// From which sendout on replays still need what was kept: the purge goes no further.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";
import { PositionSchema, SelectionSchema } from "./replay-candidates.ts";

const GoingSchema = v.object({
  selection: v.pipe(v.string(), v.parseJson(), v.pick(SelectionSchema, ["wanted", "since"])),
  position: v.nullable(v.pipe(v.string(), v.parseJson(), PositionSchema)),
});

/**
 * The arrival of the first sendout that a replay still goes through, running or planned and not too old to be run, in
 * milliseconds since 1970; undefined when none does.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function replayedSince(db: D1Database, now: number): Promise<number | undefined> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT selection, position FROM replays
       WHERE state = 'running' OR (state = 'planned' AND expires_at > ?1)`,
    )
    .bind(now)
    .all();
  const instants: number[] = [];
  for (const { selection, position } of v.parse(v.array(GoingSchema), results)) {
    instants.push(position?.receivedAt ?? (await firstOf(db, selection)));
  }
  return instants.length === 0 ? undefined : Math.min(...instants);
}

async function firstOf(
  db: D1Database,
  { wanted, since = 0 }: Pick<v.InferOutput<typeof SelectionSchema>, "wanted" | "since">,
): Promise<number> {
  if (wanted === undefined) return since;
  const first = await db
    .prepare(
      `SELECT min(s.received_at) AS first FROM json_each(?1) AS w CROSS JOIN sendouts AS s ON s.id = w.value ->> 0`,
    )
    .bind(JSON.stringify(wanted))
    .first<number | null>("first");
  return first ?? Number.MAX_SAFE_INTEGER;
}
