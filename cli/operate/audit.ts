// What `signalbox audit` answers: entries of the audit log, newest first, as many as were asked for.

import type { InferRequestType, InferResponseType } from "hono/client";
import { answerOf, type Admin } from "../client/admin.ts";
import { collectPages } from "../client/pages.ts";
import { errorColours, pc } from "../colours.ts";
import { answer, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { localTime } from "../terminal/instant.ts";
import { printableLine } from "../terminal/printable.ts";
import { terminalWidth } from "../terminal/width.ts";
import { alignColumns, type Cell } from "../text-table.ts";

type Query = InferRequestType<Admin["audit"]["$get"]>["query"];
type Page = InferResponseType<Admin["audit"]["$get"], 200>;
type Entry = Page["entries"][number];

/** Which entries, how many, and in which form. */
export interface AuditOptions extends Pick<Query, "actor" | "action" | "subject" | "since" | "until"> {
  changed?: boolean;
  limit: number;
  json?: boolean;
}

/** The entries that fit. That there are none is a no. */
export async function answerAudit(
  { admin }: RouterInReach,
  { actor, action, subject, since, until, changed, limit, json }: AuditOptions,
): Promise<Outcome> {
  const given = Object.entries({ actor, action, subject, since, until }).filter(([, value]) => value !== undefined);
  const query: Query = { ...Object.fromEntries(given), ...(changed && { changed: "true" }) };
  const { items, last } = await collectPages(
    async (page) => answerOf(admin.audit.$get({ query: { ...query, ...page } })),
    ({ entries }: Page) => entries,
    limit,
  );
  const exitCode = items.length === 0 ? 1 : 0;
  if (json) return answer(toJson({ ...last, entries: items }), exitCode);
  if (items.length === 0) return { exitCode, complaint: "There are no such entries." };
  const more = last.next === null ? {} : { complaint: errorColours.dim("There may be more: --limit <n>.") };
  return { ...answer(auditTable(items)), ...more };
}

function auditTable(entries: readonly Entry[]): string {
  const rows = entries.map(({ at, actor, action, subject, status, change }): Cell[] => [
    localTime(at),
    printableLine(actor.name ?? actor.id),
    action,
    printableLine(subject),
    status === null ? "never ended" : String(status),
    printableLine(change === null ? "" : sayChange(change)),
  ]);
  const [head = "", ...lines] = alignColumns(
    [["AT", "WHO", "CALL", "ABOUT", "ANSWER", "CHANGED"], ...rows],
    terminalWidth(),
  );
  return [pc.bold(head), ...lines].join("\n");
}

function sayChange({ before, after }: NonNullable<Entry["change"]>): string {
  return [before, after].flatMap((side) => (side === undefined ? [] : [JSON.stringify(side)])).join(" → ");
}
