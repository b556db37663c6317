// Sendouts as lists have them, newest first, by filter.

import * as v from "valibot";
import type { Filter } from "./filter.ts";
import { ensureMigrated } from "./migrate.ts";
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
): Promise<Page<SendoutSummary>> {
  await ensureMigrated(db);
  const { rows, ...rest } = await walk(db, filter, { columns: SUMMARY_COLUMNS, after, limit });
  return { items: v.parse(v.array(SummarySchema), rows), ...rest };
}
