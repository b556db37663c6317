// What `signalbox search` answers: sendouts, newest first, as many as were asked for.

import type { InferResponseType } from "hono/client";
import { answerOf, type Admin } from "../client/admin.ts";
import { collectPages, type Collected } from "../client/pages.ts";
import { errorColours, pc } from "../colours.ts";
import { answer, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { localTime } from "../terminal/instant.ts";
import { printableLine } from "../terminal/printable.ts";
import { stateCell } from "../terminal/states.ts";
import { terminalWidth } from "../terminal/width.ts";
import { alignColumns, type Cell } from "../text-table.ts";
import type { SendoutFilter } from "./filters.ts";

/** A page of sendouts. */
type SendoutPage = InferResponseType<Admin["sendouts"]["$get"], 200>;

/** A sendout as lists have it. */
export type SendoutSummary = SendoutPage["sendouts"][number];

/** A page of deliveries. */
type DeliveryPage = InferResponseType<Admin["deliveries"]["$get"], 200>;

/** What is listed, how many, and in which form. */
export interface SearchOptions {
  limit: number;
  all?: boolean;
  deliveries?: boolean;
  urlOnly?: boolean;
  json?: boolean;
}

/** The sendouts that a filter finds, or their deliveries. That there are none is a no. */
export async function answerSearch(
  router: RouterInReach,
  filter: SendoutFilter,
  options: SearchOptions,
): Promise<Outcome> {
  return options.deliveries ? searchDeliveries(router, filter, options) : searchSendouts(router, filter, options);
}

async function searchSendouts(
  { admin, origin }: RouterInReach,
  filter: SendoutFilter,
  options: SearchOptions,
): Promise<Outcome> {
  if (options.urlOnly) return answer(searchUrl(origin, "sendouts", filter));
  const found = await collectPages(
    async (page) => answerOf(admin.sendouts.$get({ query: { ...filter, ...page } })),
    ({ sendouts }: SendoutPage) => sendouts,
    mostOf(options),
  );
  return tell(found, "sendouts", sendoutTable, options);
}

async function searchDeliveries(
  { admin, origin }: RouterInReach,
  { deliveryState, ...filter }: SendoutFilter,
  options: SearchOptions,
): Promise<Outcome> {
  // Of a delivery, its state is meant, whichever flag has it.
  const state = filter.state ?? deliveryState;
  const query = { ...filter, ...(state !== undefined && { state }) };
  if (options.urlOnly) return answer(searchUrl(origin, "deliveries", query));
  const found = await collectPages(
    async (page) => answerOf(admin.deliveries.$get({ query: { ...query, ...page } })),
    ({ deliveries }: DeliveryPage) => deliveries,
    mostOf(options),
  );
  return tell(found, "deliveries", deliveryTable, options);
}

function mostOf({ all, limit }: SearchOptions): number {
  return all ? Number.POSITIVE_INFINITY : limit;
}

/** One page with everything on it, or a table. */
function tell<TPage extends { next: string | null }, TItem>(
  { items, last }: Collected<TPage, TItem>,
  name: "sendouts" | "deliveries",
  toTable: (items: readonly TItem[]) => string,
  { json }: SearchOptions,
): Outcome {
  const exitCode = items.length === 0 ? 1 : 0;
  if (json) return answer(toJson({ ...last, [name]: items }), exitCode);
  if (items.length === 0) return { exitCode, complaint: `There are no such ${name}.` };
  const more = last.next === null ? {} : { complaint: errorColours.dim("There are more: --limit <n>, or --all.") };
  return { ...answer(toTable(items)), ...more };
}

/** The same search as a call of the admin API. */
function searchUrl(
  origin: string,
  resource: "sendouts" | "deliveries",
  filter: Readonly<Record<string, string | undefined>>,
): string {
  const url = new URL(`/admin/${resource}`, origin);
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/** Sendouts for people, one a line. */
function sendoutTable(sendouts: readonly SendoutSummary[]): string {
  return table(["RECEIVED", "EVENT", "STATE", "SENDOUT", "TO"], sendouts.map(sendoutRow));
}

/** Deliveries for people, one a line. */
function deliveryTable(deliveries: readonly DeliveryPage["deliveries"][number][]): string {
  const rows = deliveries.map(({ id, state, status, reason, sendout }): Cell[] => [
    localTime(sendout.receivedAt),
    printableLine(sendout.event ?? "-"),
    stateCell(state),
    status === null ? "-" : String(status),
    { text: printableLine(id), whole: true },
    printableLine(reason ?? ""),
  ]);
  return table(["RECEIVED", "EVENT", "STATE", "STATUS", "DELIVERY", "REASON"], rows);
}

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const [first = "", ...lines] = alignColumns([head, ...rows], terminalWidth());
  return [pc.bold(first), ...lines].join("\n");
}

function sendoutRow({ id, receivedAt, event, state, reason, planned }: SendoutSummary): Cell[] {
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
