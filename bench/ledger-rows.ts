// Rows of a ledger as routing and delivery write them, by the hundred thousand: made up, the same for the same number, and
// skewed as traffic is.

import { gzipSync } from "node:zlib";
import { termsOf } from "../src/ledger/terms.ts";
import { exampleSendout } from "../src/voucherify/examples.ts";

/** The key of what customers and vouchers are searched by. */
export const SEARCH_KEY = "bench-search-key";

/** A row by its columns. */
export type Row = Record<string, string | number | null>;

/** A sendout's row and those of its deliveries. */
export interface Rows {
  sendout: Row;
  deliveries: Row[];
}

/** The most frequent first. */
const TYPES = [
  "redemption.succeeded",
  "publication.succeeded",
  "customer.updated",
  "voucher.loyalty_card.points_added",
  "voucher.loyalty_card.transaction.created",
  "voucher.gift.transaction.created",
  "customer.created",
  "redemption.failed",
  "customer.segment.entered",
  "redemption.rollback.succeeded",
  "customer.deleted",
];
const SOURCES = ["wh_shop", "distr_welcome", "distr_points", "distr_winback", "wh_test"];
const OTHER_TARGETS = ["mail", "push", "sheet", "warehouse", "slack", "ads", "erp"];

/** One delivery of a hundred is one of these; the first ones more often. */
const TROUBLES = [
  { state: "failed", reason: "target_refused", status: 422 },
  { state: "failed", reason: "target_refused", status: 404 },
  { state: "expired", reason: "attempts_used_up", status: 503 },
  { state: "failed", reason: "attempts_used_up", status: 500 },
  { state: "held", reason: "paused", status: 503 },
  { state: "scheduled", reason: "target_limited", status: 429 },
  { state: "cancelled", reason: "cancelled", status: 503 },
];
const DELIVERED = { state: "delivered", reason: null, status: 200 };

/** What stands in the place of content that retention has taken away. */
const GONE = "gone:expired";

const TEMPLATES = TYPES.map(createTemplate);

/** What the sendouts of a type have in common: what arrived and what was sent, packed as the ledger packs it. */
function createTemplate(type: string) {
  const event = exampleSendout(type);
  if (event === undefined) throw new Error(`there is no example of ${type}`);
  const body = JSON.stringify(event);
  const sent = {
    method: "POST",
    url: ["https://api.example.com/v2/events"],
    headers: [["content-type", ["application/json"]]],
    body: [JSON.stringify(event["data"]).slice(0, 1_500)],
  };
  return { type, bytes: Buffer.byteLength(body), body: pack(body), request: pack(JSON.stringify(sent)) };
}

function pack(text: string): string {
  return `gzip:${gzipSync(text).toString("base64")}`;
}

/** From 0 up to and without 1, the same for the same seed (one round of mulberry32). */
export function chance(seed: number): number {
  let mixed = (seed + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** A number from 0 up to the limit, small ones more often. */
export function skewed(seed: number, limit: number): number {
  return Math.floor(chance(seed) ** 2 * limit);
}

function skewedOf<T>(list: readonly [T, ...T[]] | readonly T[], seed: number): T {
  const chosen = list[skewed(seed, list.length)];
  if (chosen === undefined) throw new RangeError("there is nothing to choose from");
  return chosen;
}

/** 32 hexadecimal digits in no order, as a hash has. */
export function hexOf(n: number): string {
  return [0, 1, 2, 3]
    .map((part) => Math.floor(chance(n * 4 + part) * 2 ** 32))
    .map((word) => word.toString(16).padStart(8, "0"))
    .join("");
}

/**
 * The n-th sendout.
 *
 * @param at when it was received, in milliseconds since 1970
 * @param isKept whether its contents are still kept
 */
export function createRows(n: number, at: number, isKept: boolean): Rows {
  const template = skewedOf(TEMPLATES, n * 7 + 1);
  const hex = hexOf(n);
  const fate = chance(n * 11 + 3);
  const state = fate < 0.002 ? "quarantined" : fate < 0.02 ? "unrouted" : "routed";
  const planned = state === "routed" ? plan(n) : [];
  const source = skewedOf(SOURCES, n * 19);
  const columns = {
    inlet: chance(n * 29) < 0.9 ? "voucherify" : "club",
    sendout_ref: `whs_${hex.slice(0, 18)}`,
    event_type: state === "quarantined" ? null : template.type,
    event_ref: `ev_${hex.slice(8, 28)}`,
    source_kind: source.startsWith("wh") ? "webhook" : "distribution",
    source_id: source,
    group_id: `v0-${Math.floor(n / 3)}`,
  };
  const customer = skewed(n * 23, 250_000);
  const named = {
    customers: new Set([`cust_${customer}`, `shopper-${customer}`, `shopper-${customer}@mail.example`]),
    vouchers: new Set([`CODE-${skewed(n * 31, 800_000)}`]),
  };
  const sendout: Row = {
    id: `so_${hex}`,
    accepted_id: `acc_${at.toString(16).padStart(12, "0")}${hex.slice(0, 20)}`,
    received_at: at,
    state,
    dedupe_key: `proj_bench0000000001:whs_${hex.slice(0, 18)}`,
    shape: "project webhook",
    payload_version: "v2024-01-01",
    project_id: "proj_bench0000000001",
    occurred_at: at - 800,
    table_version: 12,
    planned: JSON.stringify(planned),
    body_sha256: hex + hex,
    body_bytes: template.bytes,
    body: isKept ? template.body : GONE,
    signature_secret: "VOUCHERIFY_SECRET",
    signature_form: "raw",
    ...columns,
    terms: termsOf(columns, planned, named, SEARCH_KEY),
  };
  const request = isKept ? template.request : GONE;
  return {
    sendout,
    deliveries: planned.map((one, index) => createDelivery(n * 2 + index, sendout, one, request)),
  };
}

/** One target always, another one for half of them. */
function plan(n: number): { target: string; route: string }[] {
  const other = skewedOf(OTHER_TARGETS, n * 13 + 5);
  const second = chance(n * 17) < 0.53 ? [{ target: other, route: `to-${other}` }] : [];
  return [{ target: "crm", route: "all" }, ...second];
}

function createDelivery(
  seed: number,
  { id, received_at }: Row,
  { target, route }: { target: string; route: string },
  request: string,
): Row {
  const { state, reason, status } = chance(seed * 37 + 1) < 0.01 ? skewedOf(TROUBLES, seed * 41) : DELIVERED;
  const at = Number(received_at) + 400;
  const answer = { headers: [["content-type", "application/json"]], excerpt: '{"status":"ok"}' };
  const attempt = { at, ms: 84, status, ...(request !== GONE && answer), tableVersion: 12 };
  return {
    sendout_id: id ?? null,
    target,
    route,
    state,
    reason,
    attempts_made: 1,
    updated_at: at,
    attempts: JSON.stringify([attempt]),
    request,
    received_at: received_at ?? null,
    last_status: status ?? null,
  };
}
