// A sendout and a delivery for people: what came, what was decided, and what became of it.

import type { InferResponseType } from "hono/client";
import type { Admin } from "../client/admin.ts";
import type { SendoutRecord } from "../client/sendout.ts";
import { pc } from "../colours.ts";
import { ago, localTime } from "../terminal/instant.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import { paintOf } from "../terminal/states.ts";
import { terminalWidth } from "../terminal/width.ts";
import { alignColumns, type Cell } from "../text-table.ts";
import { curlOf } from "./request-text.ts";

/** One delivery. */
export type DeliveryRecord = InferResponseType<Admin["deliveries"][":id"]["$get"], 200>;

/** The page of a sendout. */
export function sendoutPage(record: SendoutRecord): string {
  const { id, event, state, deliveries } = record;
  return [
    `${pc.bold(id)}  ${printableLine(event?.type ?? "not understood")}  ${paintOf(state)(state)}`,
    ...alignColumns(factsOf(record)),
    ...decisionOf(record),
    ...deliveries.flatMap((delivery) => ["", ...deliveryLines(delivery)]),
  ].join("\n");
}

/** The page of a delivery. */
export function deliveryPage(delivery: DeliveryRecord): string {
  return deliveryLines(delivery).join("\n");
}

function factsOf(record: SendoutRecord): string[][] {
  const { receivedAt, acceptedId, inlet, signature, source, projectId, event, sendoutRef, dedupe, repeats } = record;
  const signed = signature === null ? "" : `, signed with ${signature.secret} (${signature.form ?? "form unknown"})`;
  const facts: [string, string | null | undefined][] = [
    ["received", `${localTime(receivedAt)} (${ago(receivedAt)}) as ${acceptedId}`],
    ["inlet", inlet + signed],
    ["from", source === null ? null : `${source.kind ?? "source"} ${source.id ?? "?"}`],
    ["project", projectId],
    ["Voucherify", sendoutRef],
    ["event", event?.id],
    ["happened", event?.occurredAt && localTime(event.occurredAt)],
    ["group", event?.groupId],
    ["label", record.label],
    ["body", `${record.bytes} bytes, ${[record.payloadVersion, record.shape].filter(Boolean).join(", ") || "unknown"}`],
    ["table", record.tableVersion === null ? null : `version ${record.tableVersion}`],
    ["repeats", dedupe === "skipped" ? "not looked for: D1 did not answer" : repeatsOf(repeats)],
  ];
  return facts.flatMap(([name, text]) => (text ? [[`  ${name}`, printableLine(text)]] : []));
}

function repeatsOf(repeats: SendoutRecord["repeats"]): string {
  return repeats.map(({ receivedAt, same }) => `${localTime(receivedAt)}${same ? "" : " (another body)"}`).join(", ");
}

/** What routing decided, where that is not said by the deliveries themselves. */
function decisionOf({ state, reason, detail, planned }: SendoutRecord): string[] {
  if (state === "routed" && planned.length > 0) return [];
  const why = [reason, detail].filter(Boolean).join(": ");
  return ["", `${paintOf(state)(state)}${why === "" ? "" : `: ${printableLine(why)}`}`];
}

function deliveryLines(delivery: DeliveryRecord): string[] {
  const { id, target, route, state, reason, dueAt, attempts, request } = delivery;
  const due = dueAt === null ? "" : `, next ${localTime(dueAt)}`;
  const curl = curlOf(request, id);
  return [
    `${pc.bold(target)}  ${paintOf(state)(state)}${reason === null ? "" : ` (${printableLine(reason)})`}${due}`,
    `  ${pc.dim(`route ${printableLine(route)}, delivery ${id}`)}`,
    ...alignColumns(attempts.map(attemptRow), terminalWidth()),
    ...(curl === undefined
      ? []
      : printable(curl)
          .split("\n")
          .map((line) => `  ${pc.dim(line)}`)),
  ];
}

function attemptRow(attempt: DeliveryRecord["attempts"][number], index: number): Cell[] {
  const { at, ms, status, reason, detail, excerpt } = attempt;
  const outcome = status === undefined ? (reason ?? "no answer") : String(status);
  const said = [status === undefined ? undefined : reason, detail, excerpt].filter(Boolean).join("  ");
  return [`  ${index + 1}.`, localTime(at), outcome, `${ms} ms`, printableLine(said)];
}
