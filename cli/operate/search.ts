// What `signalbox search` answers: sendouts, newest first, as many as were asked for.

import type { InferResponseType } from "hono/client";
import { answerOf, type Admin } from "../client/admin.ts";
import { PAGE_MAX, readPages } from "../client/pages.ts";
import { pc } from "../colours.ts";
import { answer, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { localTime } from "../terminal/instant.ts";
import { printableLine } from "../terminal/printable.ts";
import { stateCell } from "../terminal/states.ts";
import { terminalWidth } from "../terminal/width.ts";
import { alignColumns, type Cell } from "../text-table.ts";
import type { SendoutFilter } from "./filters.ts";

/** A page of sendouts. */
export type SendoutPage = InferResponseType<Admin["sendouts"]["$get"], 200>;

/** A sendout as lists have it. */
export type SendoutSummary = SendoutPage["sendouts"][number];

/** How many, and in which form. */
export interface SearchOptions {
  limit: number;
  all?: boolean;
  urlOnly?: boolean;
  json?: boolean;
}

/** The sendouts that a filter finds. That there are none is a no. */
export async function answerSearch(
  { admin, origin }: RouterInReach,
  filter: SendoutFilter,
  { limit, all, urlOnly, json }: SearchOptions,
): Promise<Outcome> {
  if (urlOnly) return answer(searchUrl(origin, filter));
  const page = await collect(admin, filter, all ? Number.POSITIVE_INFINITY : limit);
  const { sendouts, next } = page;
  const exitCode = sendouts.length === 0 ? 1 : 0;
  if (json) return answer(toJson(page), exitCode);
  if (sendouts.length === 0) return { exitCode, complaint: "There is no such sendout." };
  const more = next === null ? {} : { complaint: pc.dim("There are more: --limit <n>, or --all.") };
  return { ...answer(sendoutTable(sendouts)), ...more };
}

/** The same search as a call of the admin API. */
export function searchUrl(origin: string, filter: SendoutFilter): string {
  const url = new URL("/admin/sendouts", origin);
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/** One page with everything on it. */
async function collect(admin: Admin, filter: SendoutFilter, wanted: number): Promise<SendoutPage> {
  const sendouts: SendoutSummary[] = [];
  const pages = readPages(async (cursor) => {
    const limit = String(Math.min(wanted - sendouts.length, PAGE_MAX));
    return answerOf(admin.sendouts.$get({ query: { ...filter, ...(cursor !== undefined && { cursor }), limit } }));
  });
  for await (const page of pages) {
    sendouts.push(...page.sendouts);
    if (sendouts.length >= wanted || page.next === null) return { ...page, sendouts };
  }
  throw new Error("a list has a last page");
}

/** Sendouts for people, one a line. */
export function sendoutTable(sendouts: readonly SendoutSummary[]): string {
  const [head = "", ...lines] = alignColumns([HEAD, ...sendouts.map(rowOf)], terminalWidth());
  return [pc.bold(head), ...lines].join("\n");
}

const HEAD = ["RECEIVED", "EVENT", "STATE", "SENDOUT", "TO"];

function rowOf({ id, receivedAt, event, state, reason, planned }: SendoutSummary): Cell[] {
  const targets = planned.map(({ target }) => target).join(", ");
  const to = targets === "" ? (reason ?? "") : targets;
  return [
    localTime(receivedAt),
    printableLine(event?.type ?? "-"),
    stateCell(state),
    { text: id, whole: true },
    printableLine(to),
  ];
}
