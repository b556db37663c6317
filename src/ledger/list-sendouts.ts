// Sendouts as lists have them, newest first, by filter, each with how its deliveries stand.

import * as v from "valibot";
import { DELIVERY_STATES, type Filter } from "./filter.ts";
import { ensureMigrated } from "./migrate.ts";
import { readPlanned } from "./search.ts";
import { SendoutRowSchema } from "./sendouts.ts";
import { walk, type Place } from "./walk.ts";

/** The payload and what the table has behind it: to read one of these, SQLite walks through the whole payload. */
const UNLISTED = ["body", "signature_secret", "signature_form", "terms"] as const;
export const SummarySchema = v.omit(SendoutRowSchema, UNLISTED);
export const SUMMARY_COLUMNS = Object.keys(SummarySchema.entries)
  .map((column) => `r.${column}`)
  .join(", ");

/** A sendout as it is listed: everything but the payload and what proved it. */
export type SendoutSummary = v.InferOutput<typeof SummarySchema>;

const StandingSchema = v.object({
  sendout_id: v.string(),
  target: v.string(),
  copy: v.number(),
  state: v.picklist(DELIVERY_STATES),
  updated_at: v.nullable(v.number()),
});

/** How one delivery stands; pending where it has no row yet. */
type Standing = Omit<v.InferOutput<typeof StandingSchema>, "sendout_id">;

/** The same with its deliveries: planned ones in the order of the plan, then those asked for as new. */
export type ListedSendout = SendoutSummary & { deliveries: Standing[] };

/** A page of a list. `isComplete` is false when the page could have been fuller, had the call gone on. */
export interface Page<TItem, TPlace = Place> {
  items: TItem[];
  next: TPlace | undefined;
  isComplete: boolean;
}

/**
 * Lists sendouts, newest first.
 *
 * @throws whatever D1 throws
 */
export async function listSendouts(
  db: D1Database,
  filter: Filter,
  { after, limit }: { after?: Place | undefined; limit: number },
): Promise<Page<ListedSendout>> {
  await ensureMigrated(db);
  const { rows, ...rest } = await walk(db, filter, { columns: SUMMARY_COLUMNS, after, limit });
  return { items: await withStandings(db, v.parse(v.array(SummarySchema), rows)), ...rest };
}

async function withStandings(db: D1Database, sendouts: readonly SendoutSummary[]): Promise<ListedSendout[]> {
  if (sendouts.length === 0) return [];
  const { results } = await db
    .prepare(
      `SELECT sendout_id, target, copy, state, updated_at FROM deliveries
       WHERE sendout_id IN (SELECT value FROM json_each(?1)) ORDER BY target, copy`,
    )
    .bind(JSON.stringify(sendouts.map(({ id }) => id)))
    .all();
  const recorded = Map.groupBy(v.parse(v.array(StandingSchema), results), ({ sendout_id }) => sendout_id);
  return sendouts.map((sendout) => ({ ...sendout, deliveries: standingsOf(sendout, recorded.get(sendout.id) ?? []) }));
}

function standingsOf(sendout: SendoutSummary, recorded: readonly Standing[]): Standing[] {
  const planned = readPlanned(sendout).map(({ target }): Standing => {
    const known = recorded.find((one) => one.target === target && one.copy === 0);
    return known ?? { target, copy: 0, state: "pending", updated_at: null };
  });
  return [...planned, ...recorded.filter((one) => !planned.includes(one))];
}
