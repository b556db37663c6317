// The entry of a dry run in the audit log: one, however many pages it has. The cursor of each page but the first names the
// entry of the first. What does not fit that entry is a dry run of its own, so that a made-up cursor hides nothing.

import type { Context } from "hono";
import * as v from "valibot";
import { findAudited, type AuditEntry, type Change } from "../ledger/audit-log.ts";
import type { AdminEnv } from "./access.ts";
import { noted } from "./audit.ts";
import { parseCursor, toCursor } from "./cursor.ts";

/** The call, as the audit log names it. */
const DRY_RUN = "POST /admin/table/dry-run";

/** How long after its first page a dry run may go on under the same entry, in milliseconds. */
const GOES_ON_MS_MAX = 60 * 60_000;

type Place = Parameters<typeof toCursor>[0];

/** Where a dry run goes on, and whose entry it has; null at its end. */
export function toDryRunCursor(place: Place, entry: number): string | null {
  return place === undefined ? null : `${toCursor(place)}~${entry}`;
}

function parseDryRunCursor(text: string) {
  const [, place = "", entry = ""] = /^(.*)~(\d{1,15})$/.exec(text) ?? [];
  const after = parseCursor(place);
  return after === undefined ? undefined : { after, entry: Number(entry) };
}

/** The cursor of a dry run as a request has it. */
export const DryRunCursorSchema = v.pipe(
  v.string(),
  v.description("An earlier answer's `next`, of the same table."),
  v.check((text) => parseDryRunCursor(text) !== undefined, "expected a cursor from an earlier answer's next"),
  v.transform(parseDryRunCursor),
);

/** A page of a dry run. */
interface DryRunPage {
  table: unknown;
  revealed: boolean;
  /** The entry that its cursor names; undefined for a first page. */
  entry: number | undefined;
}

/**
 * Runs a page dry, under the entry of its dry run or with one of its own.
 *
 * @param run is told the entry's id
 * @throws whatever D1 throws when the entry cannot be begun or looked for; then nothing was run
 */
export async function withDryRunEntry<T extends Response>(
  c: Context<AdminEnv>,
  { table, revealed, entry }: DryRunPage,
  run: (entry: number) => Promise<T>,
): Promise<T> {
  const change: Change = { after: { table: await digestOf(table), ...(revealed && { revealed }) } };
  if (entry !== undefined && (await goesOn(c, entry, change))) return run(entry);
  c.set("change", change);
  return noted(c, DRY_RUN, run, ({ status }) => status);
}

/** Whether a page belongs to the dry run of an entry: the same caller, the same table, as much of payloads to be seen. */
async function goesOn(c: Context<AdminEnv>, id: number, change: Change): Promise<boolean> {
  const found = await findAudited(c.env.LEDGER, id);
  return found !== undefined && isOf(found, c.get("caller").actor, change);
}

function isOf(entry: AuditEntry, caller: string, change: Change): boolean {
  const isSame = JSON.stringify(entry.change) === JSON.stringify(change);
  return entry.action === DRY_RUN && entry.actor === caller && isSame && Date.now() - entry.at < GOES_ON_MS_MAX;
}

/** What tells one table from another: the beginning of the SHA-256 of its text. */
async function digestOf(table: unknown): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(table)));
  return new Uint8Array(digest).toHex().slice(0, 16);
}
