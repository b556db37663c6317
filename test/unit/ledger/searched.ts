// Sendouts and deliveries to be searched, written as routing and delivery write them, and what a search should find of
// them: the same filter, asked of plain objects.

import { deliveryId } from "../../../src/delivery/delivery-id.ts";
import type { Outcome } from "../../../src/ledger/deliveries.ts";
import type { Filter } from "../../../src/ledger/filter.ts";
import { listDeliveries, type DeliveryPlace } from "../../../src/ledger/list-deliveries.ts";
import { listSendouts } from "../../../src/ledger/list-sendouts.ts";
import type { Entry } from "../../../src/ledger/record.ts";
import type { SendoutRow } from "../../../src/ledger/sendouts.ts";
import { termsOf } from "../../../src/ledger/terms.ts";
import type { Place } from "../../../src/ledger/walk.ts";
import { SENT_AT } from "../messages.ts";

export const SEARCH_KEY = "search-key-3a9f";

/** A sendout of a test, with what its event names. */
export interface Searched {
  row: SendoutRow;
  customers: string[];
  vouchers: string[];
  outcomes: Outcome[];
}

type Told = Partial<SendoutRow> & {
  customers?: string[];
  vouchers?: string[];
  /** Planned deliveries as `target: route`. */
  to?: Record<string, string>;
};

/** The n-th sendout: received n seconds after the first. */
export function createSearched(n: number, { customers = [], vouchers = [], to = {}, ...told }: Told = {}): Searched {
  const planned = Object.entries(to).map(([target, route]) => ({ target, route }));
  const row: SendoutRow = {
    id: `so_${n.toString(16).padStart(32, "0")}`,
    accepted_id: `acc_${n}`,
    received_at: SENT_AT + n * 1_000,
    inlet: "voucherify",
    state: planned.length === 0 ? "unrouted" : "routed",
    reason: null,
    detail: null,
    dedupe_key: `key-${n}`,
    deduped: 1,
    sendout_ref: `whs_${n}`,
    shape: "project webhook",
    payload_version: "v2024-01-01",
    label: null,
    event_type: "voucher.created",
    event_ref: `evvou_${n}`,
    source_kind: "webhook",
    source_id: "wh_1",
    project_id: "proj_1",
    group_id: null,
    occurred_at: null,
    table_version: 1,
    planned: JSON.stringify(planned),
    body_sha256: `hash-${n}`,
    body_bytes: 2,
    body: "raw:e30=",
    signature_secret: null,
    signature_form: null,
    terms: null,
    ...told,
  };
  const named = { customers: new Set(customers), vouchers: new Set(vouchers) };
  const terms = told.terms === undefined ? termsOf(row, planned, named, SEARCH_KEY) : told.terms;
  return { row: { ...row, terms }, customers, vouchers, outcomes: [] };
}

/** An outcome of a sendout's delivery. */
export function createOutcome(row: SendoutRow, target: string, route: string, told: Partial<Outcome> = {}): Outcome {
  const at = row.received_at + 500;
  return {
    sendoutId: row.id,
    target,
    copy: 0,
    route,
    state: "delivered",
    reason: null,
    round: 0,
    attemptsMade: 1,
    attemptsBefore: 0,
    updatedAt: at,
    dueAt: null,
    sweepAt: null,
    attempt: { at, ms: 10, status: 200 },
    request: "raw:e30=",
    ...told,
  };
}

/** What is to be written of some sendouts. */
export function entriesOf(searched: readonly Searched[]): Entry[] {
  return searched.flatMap(({ row, outcomes }): Entry[] => [
    { kind: "sendout", row },
    ...outcomes.map((outcome): Entry => ({ kind: "outcome", outcome })),
  ]);
}

/** Every sendout that a search finds, page by page; ids. */
export async function findSendouts(db: D1Database, filter: Filter, limit: number): Promise<string[]> {
  const found: string[] = [];
  let after: Place | undefined;
  do {
    const page = await listSendouts(db, filter, { after, limit });
    found.push(...page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** Every delivery that a search finds, page by page; ids. */
export async function findDeliveries(db: D1Database, filter: Filter, limit: number): Promise<string[]> {
  const found: string[] = [];
  let after: DeliveryPlace | undefined;
  do {
    const page = await listDeliveries(db, filter, { after, limit });
    found.push(...page.items.map(({ sendoutId, target, copy }) => deliveryId(sendoutId, target, copy)));
    after = page.next;
  } while (after !== undefined);
  return found;
}
