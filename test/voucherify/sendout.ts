// A line of the sendouts log (Audit log → Webhook sendouts), with the columns of Voucherify's own, and what it takes to
// send the same again.

import { isJsonObject, readJsonObject } from "../../src/voucherify/read-json.ts";
import { createId } from "./ids.ts";
import type { Outcome } from "./post.ts";
import type { Source } from "./registry.ts";
import { retryDueAt } from "./schedule.ts";

/** One try: when, in milliseconds since 1970, on whose account, and what came of it. */
export type Attempt = { at: number; by: "schedule" | "hand" } & Outcome;

/** A sendout as the log has it. */
export interface Sendout {
  readonly id: string;
  readonly source: Pick<Source, "id" | "object">;
  /** What the body says of itself; null where it does not. */
  readonly type: string | null;
  readonly requestId: string | null;
  readonly eventCreatedAt: string | null;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Sent with every try, beside the source's own. */
  readonly headers: Readonly<Record<string, string>>;
  /** Voucherify's three, and one for the time until the first try is over. */
  status: "being sent" | "sent" | "being retried" | "failed";
  /** Where the last try went. */
  targetUrl: string;
  attempts: readonly Attempt[];
  /** When the next try is due, in milliseconds since 1970; null when none is, or while it is made. */
  dueAt: number | null;
}

/**
 * A sendout that was not tried yet. It has the id of its body, unless there is none or `isTaken`: when the same body is
 * sent twice, those are two sendouts.
 */
export function createSendout(
  source: Source,
  body: Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>>,
  isTaken: (id: string) => boolean,
): Sendout {
  const { id, ...said } = readColumns(body);
  return {
    id: id === null || isTaken(id) ? createId("whs_") : id,
    source: { id: source.id, object: source.object },
    ...said,
    body,
    headers,
    status: "being sent",
    targetUrl: source.targetUrl,
    attempts: [],
    dueAt: null,
  };
}

/** Whether a sendout waits for its next try. */
export function isPending(sendout: Sendout): sendout is Sendout & { dueAt: number } {
  return sendout.dueAt !== null;
}

/** When the schedule wants the next try of a sendout that was tried; undefined when it has had its last. */
export function nextTryAt({ attempts }: Sendout): number | undefined {
  const scheduled = attempts.filter(({ by }) => by === "schedule");
  return retryDueAt(scheduled[0]?.at ?? 0, scheduled.length);
}

function readColumns(body: Uint8Array): Pick<Sendout, "type" | "requestId" | "eventCreatedAt"> & { id: string | null } {
  const read = readJsonObject(body);
  const root = read.ok ? read.value : {};
  const event = isJsonObject(root["event"]) ? root["event"] : {};
  return {
    id: textOrNull(root["id"]),
    type: textOrNull(root["type"]),
    requestId: textOrNull(event["group_id"]),
    eventCreatedAt: textOrNull(event["created_at"]),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
