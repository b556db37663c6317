// One sendout from raw bytes to what shall happen with it: quarantined, unrouted, or routed with its requests rendered.
// Pure but for hashing, unpacking and a log line about filters that fail; the consumer makes it durable.

import type { Planned, UnansweredRoute } from "./match.ts";
import { matchRoutes } from "./match.ts";
import type { TableInForce } from "./table-store.ts";
import type { CompiledTable } from "./compile.ts";
import type { CompiledTarget } from "./compile-target.ts";
import type { IngestMessage } from "./message.ts";
import { toColumn } from "../ledger/content.ts";
import { clipText, type SendoutRow } from "../ledger/sendouts.ts";
import { termsOf } from "../ledger/terms.ts";
import type { RenderedRequest } from "../translation/rendered.ts";
import { findNamed } from "../voucherify/find-named.ts";
import { normalise, type NormalisedEvent } from "../voucherify/normalise.ts";
import { orderKeyOf } from "./order.ts";
import { identifySendout, type SendoutIdentity } from "./identify.ts";
import { renderDelivery, type DeliverySource } from "./render-delivery.ts";
import { tableFor } from "./self-test.ts";

/** A sendout read and understood, or the reason why not. Not yet routed. */
export interface ReadSendout extends SendoutIdentity {
  message: IngestMessage;
  body: Uint8Array<ArrayBuffer>;
  event: ReturnType<typeof normalise>;
  /** The key of what its personal values are found by; undefined where none is set. */
  searchKey: string | undefined;
}

/** A planned delivery with its request, or the reason why it cannot be rendered. */
export type Rendering = Planned & { policy: CompiledTarget } & (
    | { ok: true; request: RenderedRequest }
    | { ok: false; reason: string; detail: string }
  );

/** A sendout's row and the deliveries it leads to. */
export interface RoutedSendout {
  row: SendoutRow;
  deliveries: Rendering[];
  /** How many Signalboxes the sendout has come through. */
  hops: number;
  /** The number of the database that it is recorded in; LEDGER when left out. */
  shard?: number | undefined;
}

/** Reads a sendout's bytes. What cannot be understood is identified by its bytes alone. */
export async function readSendout(
  message: IngestMessage,
  body: Uint8Array<ArrayBuffer>,
  searchKey?: string,
): Promise<ReadSendout> {
  const event = normalise(body, { contentEncoding: message.contentEncoding });
  return { message, body, event, searchKey, ...(await identifySendout(message.inlet, body, event)) };
}

/** Routes a sendout by a table. The same sendout and version always give the same requests. */
export async function routeSendout(
  sendout: ReadSendout,
  { version, table: inForce }: TableInForce,
  deduped: boolean,
): Promise<RoutedSendout> {
  const { message } = sendout;
  const { hops = 0 } = message;
  const event = understand(sendout, inForce);
  if (!event.ok) return { row: toRow(sendout, quarantined(event.reason, event.detail)), deliveries: [], hops };
  const table = tableFor(event.value.type, inForce);
  const unanswered: UnansweredRoute[] = [];
  const matched = await matchRoutes(table, message.inlet, event.value, message.receivedAt, unanswered);
  const planned = await Promise.all(matched.map(async (plan) => withOrder(plan, table, event.value, sendout)));
  for (const { route, code } of unanswered) logFilterFailure(route, code, sendout.id);
  const row = toRow(
    { ...sendout, event },
    {
      state: planned.length > 0 ? "routed" : "unrouted",
      reason: null,
      // Nobody meant this sendout to go nowhere.
      detail: planned.length > 0 || unanswered.length === 0 ? null : clipText(explainUnanswered(unanswered)),
      deduped: deduped ? 1 : 0,
      table_version: version,
      planned,
    },
  );
  const { receivedAt } = message;
  const source = { event: event.value, received: sendout.body, receivedAt, sendoutId: sendout.id };
  const deliveries = await Promise.all(planned.map(async (plan) => renderPlanned(plan, table.targets, source)));
  return { row, deliveries: deliveries.flat(), hops };
}

/** A filter that fails is a mistake in the table, not a no that somebody meant: whoever reads the log hears of it. */
function logFilterFailure(route: string, code: string, sendoutId: string): void {
  console.error(JSON.stringify({ event: "filter_failed", route, code, sendout: sendoutId }));
}

/**
 * A planned delivery with its key where its route asks for an order. One whose event does not say goes as it comes, and so
 * does one whose expression fails, which is a mistake in the table.
 */
async function withOrder(
  plan: Planned,
  table: CompiledTable,
  event: NormalisedEvent,
  { id, message }: ReadSendout,
): Promise<Planned> {
  const order = table.routes.find((route) => route.id === plan.route)?.order;
  if (order === undefined) return plan;
  const { key, failure } = await orderKeyOf(order, event.envelope, message.receivedAt, plan);
  if (failure !== undefined) {
    console.error(JSON.stringify({ event: "order_failed", route: plan.route, code: failure.code, sendout: id }));
  }
  return key === undefined ? plan : { ...plan, orderKey: key };
}

/** For people, without anything of the event: the messages name operators and functions, never values. */
function explainUnanswered(unanswered: readonly UnansweredRoute[]): string {
  const routes = unanswered.map(({ route, code, message }) => `${route}: ${message} (${code})`);
  return `filters that failed count as no: ${routes.join("; ")}`;
}

/**
 * The event of a sendout. A body without an envelope is understood by what its inlet expects, which only the table
 * says; its id does not depend on that, because it is made of its bytes either way.
 */
function understand({ message, body, event }: ReadSendout, table: CompiledTable): ReadSendout["event"] {
  const expected = table.inlets.get(message.inlet)?.expects;
  if (event.ok || event.reason !== "envelope_missing" || expected === undefined) return event;
  return normalise(body, { contentEncoding: message.contentEncoding, expected });
}

/** The row of a sendout that was understood but that routing gave up on. */
export function quarantineRow(sendout: ReadSendout, reason: string, detail: string): SendoutRow {
  return toRow(sendout, quarantined(reason, detail));
}

type Verdict = Pick<SendoutRow, "state" | "reason" | "detail" | "deduped" | "table_version"> & {
  planned: readonly Planned[];
};

function quarantined(reason: string, detail: string): Verdict {
  return { state: "quarantined", reason, detail, deduped: 1, table_version: null, planned: [] };
}

function toRow(sendout: ReadSendout, verdict: Verdict): SendoutRow {
  const { message, searchKey } = sendout;
  const event = sendout.event.ok ? sendout.event.value : undefined;
  const columns = { inlet: message.inlet, ...eventColumns(event) };
  const { planned, ...decided } = verdict;
  return {
    id: sendout.id,
    accepted_id: message.acceptedId,
    received_at: message.receivedAt,
    dedupe_key: sendout.dedupeKey,
    ...columns,
    ...decided,
    planned: JSON.stringify(planned),
    terms: termsOf(columns, planned, event && findNamed(event.envelope.data), searchKey),
    body_sha256: sendout.bodySha256,
    body_bytes: sendout.body.length,
    body: toColumn(message.content),
    signature_secret: message.signature?.secret ?? null,
    signature_form: message.signature?.form ?? null,
  };
}

async function renderPlanned(
  plan: Planned,
  targets: ReadonlyMap<string, CompiledTarget>,
  source: Omit<DeliverySource, "route">,
): Promise<Rendering[]> {
  const policy = targets.get(plan.target);
  if (policy === undefined) return []; // the table was checked: every route's target exists
  const rendered = await renderDelivery(policy, { ...source, route: plan.route });
  if (rendered.ok) return [{ ...plan, policy, ok: true, request: rendered.value }];
  return [{ ...plan, policy, ok: false, reason: rendered.reason, detail: rendered.detail }];
}

type EventColumns = Pick<
  SendoutRow,
  | "sendout_ref"
  | "shape"
  | "payload_version"
  | "label"
  | "event_type"
  | "event_ref"
  | "source_kind"
  | "source_id"
  | "project_id"
  | "group_id"
  | "occurred_at"
>;

function eventColumns(event: NormalisedEvent | undefined): EventColumns {
  return {
    sendout_ref: clipText(event?.sendoutRef),
    shape: event?.shape ?? null,
    payload_version: event?.version ?? null,
    label: clipText(event?.label),
    event_type: clipText(event?.type),
    event_ref: clipText(event?.eventRef),
    source_kind: clipText(event?.source.kind),
    source_id: clipText(event?.source.id),
    project_id: clipText(event?.projectId),
    group_id: clipText(event?.groupId),
    occurred_at: event?.occurredAt ?? null,
  };
}
