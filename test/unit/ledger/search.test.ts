// What a search finds: for every filter, over sendouts in blocks and not, page by page, the same as asking each object.

import { reset } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { deliveryId } from "../../../src/delivery/delivery-id.ts";
import type { Outcome } from "../../../src/ledger/deliveries.ts";
import type { Filter } from "../../../src/ledger/filter.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { sealBlocks } from "../../../src/ledger/seal-blocks.ts";
import { personalTerm } from "../../../src/ledger/terms.ts";
import { createRandom } from "../../fuzz/random.ts";
import { workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import {
  createOutcome,
  createSearched,
  entriesOf,
  findDeliveries,
  findSendouts,
  SEARCH_KEY,
  type Searched,
} from "./searched.ts";

/** Enough for two blocks and a rest that is in none. */
const COUNT = 2_400;

const random = createRandom(20_261_129, 0);

/** Most are delivered; some of everything that can become of one. */
function outcomesOf({ row }: Searched, to: Record<string, string>): Outcome[] {
  return Object.entries(to).flatMap(([target, route]) => {
    const told = random.pick<Partial<Outcome> | "pending">([
      {},
      {},
      { attempt: { at: row.received_at, ms: 5, status: 201 } },
      { state: "failed", reason: "target_refused", attempt: { at: row.received_at, ms: 5, status: 404 } },
      { state: "expired", reason: "too_old" },
      { state: "held", reason: "paused" },
      { state: "scheduled", reason: "target_unavailable", attempt: { at: row.received_at, ms: 5, status: 503 } },
      { attempt: { at: row.received_at, ms: 5, status: 409 } }, // an answer that counts as success
      "pending",
    ]);
    return told === "pending" ? [] : [createOutcome(row, target, route, told)];
  });
}

function createOne(n: number): Searched {
  const to = random.pick<Record<string, string>>([{}, { crm: "all" }, { crm: "all", mail: "some" }, { mail: "all" }]);
  const searched = createSearched(n, {
    to,
    inlet: random.pick(["voucherify", "shop"]),
    event_type: random.chance(0.1)
      ? null
      : random.pick(["voucher.created", "customer.deleted", "redemption.succeeded"]),
    source_id: random.pick(["wh_1", "distr_2"]),
    source_kind: random.pick(["webhook", "distribution"]),
    group_id: random.chance(0.5) ? null : `v-${Math.floor(n / 3)}`,
    customers: [`cust_${random.below(400)}`],
    vouchers: random.chance(0.2) ? ["SUMMER", `C-${n}`] : [`C-${n}`],
    ...(Object.keys(to).length === 0 && random.chance(0.5) && { state: "quarantined" as const }),
    ...(random.chance(0.01) && { terms: null }), // as an older release wrote it
  });
  searched.outcomes.push(...outcomesOf(searched, to));
  return searched;
}

const ALL = Array.from({ length: COUNT }, (_, n) => createOne(n));

beforeAll(async () => {
  await reset();
  const db = workingD1();
  for (let at = 0; at < COUNT; at += 200) await writeEntries(db, entriesOf(ALL.slice(at, at + 200)));
  await sealBlocks(db, SENT_AT + 2 * 3_600_000);
});

/** Whether a filter names a sendout, by its own columns and the values that its event names. */
function isWanted({ row, customers, vouchers }: Searched, filter: Filter): boolean {
  const holds = (tokens: readonly string[] | undefined, kind: "customer" | "voucher", values: readonly string[]) =>
    tokens === undefined ||
    (row.terms !== null && values.some((value) => tokens.includes(personalTerm(kind, value, SEARCH_KEY))));
  const isSame = (wanted: unknown, value: unknown) => wanted === undefined || wanted === value;
  return (
    row.received_at >= (filter.since ?? 0) &&
    row.received_at < (filter.until ?? Infinity) &&
    isSame(filter.state, row.state) &&
    isSame(filter.eventType, row.event_type) &&
    isSame(filter.sourceId, row.source_id) &&
    isSame(filter.sourceKind, row.source_kind) &&
    isSame(filter.inlet, row.inlet) &&
    isSame(filter.groupId, row.group_id) &&
    (filter.ref === undefined || [row.sendout_ref, row.event_ref].includes(filter.ref)) &&
    holds(filter.customer, "customer", customers) &&
    holds(filter.voucher, "voucher", vouchers)
  );
}

/** The deliveries of a sendout that a filter names, in the order of the plan. */
function wantedOf({ row, outcomes }: Searched, filter: Filter): string[] {
  // The test has just written it.
  const planned = JSON.parse(row.planned) as { target: string; route: string }[];
  return planned.flatMap(({ target, route }) => {
    const outcome = outcomes.find((one) => one.target === target);
    const state = outcome?.state ?? "pending";
    const status = outcome?.attempt?.status;
    const [from, to] = filter.status ?? [0, 0];
    const isNamed =
      (filter.target === undefined || filter.target === target) &&
      (filter.route === undefined || filter.route === route) &&
      (filter.reason === undefined || filter.reason === outcome?.reason) &&
      (filter.deliveryStates === undefined || filter.deliveryStates.includes(state)) &&
      (filter.status === undefined || (status !== undefined && status >= from && status <= to));
    return isNamed ? [deliveryId(row.id, target)] : [];
  });
}

const customer = (value: string) => [personalTerm("customer", value, SEARCH_KEY)];
const voucher = (value: string) => [personalTerm("voucher", value, SEARCH_KEY)];
const HOUR_MS = 3_600_000;

const FILTERS: [string, Filter][] = [
  ["nothing", {}],
  ["a time", { since: SENT_AT + 1_000_000, until: SENT_AT + 1_100_000 }],
  ["an event type", { eventType: "customer.deleted" }],
  ["a source", { sourceId: "distr_2" }],
  ["a kind of source", { sourceKind: "webhook" }],
  ["an inlet and a time", { inlet: "shop", since: SENT_AT + 3_000_000 }],
  ["a group", { groupId: "v-400" }],
  ["the id of a sendout", { ref: "whs_77" }],
  ["the id of an event", { ref: "evvou_3599" }],
  ["a customer", { customer: customer("cust_17") }],
  ["a customer under either of two keys", { customer: ["AAAAAAAA", ...customer("cust_17")] }],
  ["a customer and an event type", { customer: customer("cust_17"), eventType: "redemption.succeeded" }],
  ["a customer and a state", { customer: customer("cust_17"), state: "unrouted" }],
  ["a voucher that many have", { voucher: voucher("SUMMER") }],
  ["a voucher that one has", { voucher: voucher("C-1024") }],
  ["a voucher that none has", { voucher: voucher("C-9999999") }],
  ["what is quarantined", { state: "quarantined" }],
  ["what is unrouted of an event type", { state: "unrouted", eventType: "voucher.created" }],
  ["what is routed", { state: "routed", until: SENT_AT + 500_000 }],
  ["a time in which there was nothing", { since: SENT_AT + 10 * HOUR_MS }],
];

const DELIVERY_FILTERS: [string, Filter][] = [
  ["a target", { target: "mail", until: SENT_AT + 1_500_000 }],
  ["a route and a target", { route: "some", target: "mail" }],
  ["a route to a target that it never has", { route: "some", target: "crm" }],
  ["what is pending", { deliveryStates: ["pending"] }],
  ["what has failed", { deliveryStates: ["failed"] }],
  ["what has failed at a target for a reason", { deliveryStates: ["failed"], target: "crm", reason: "target_refused" }],
  ["what is held or expired, of an inlet", { deliveryStates: ["held", "expired"], inlet: "shop" }],
  ["what was delivered", { deliveryStates: ["delivered"], target: "mail", eventType: "voucher.created" }],
  ["a status", { status: [404, 404] }],
  ["a class of statuses", { status: [500, 599] }],
  ["a status that counted as success", { status: [409, 409], deliveryStates: ["delivered"] }],
  ["a status of success", { status: [201, 201], until: SENT_AT + 1_000_000 }],
  ["what failed for a customer", { customer: customer("cust_17"), deliveryStates: ["failed"] }],
  ["a target for a customer", { customer: customer("cust_18"), target: "crm" }],
];

/** Some pages, and not too many. */
function pageOf(wanted: readonly unknown[]): number {
  return Math.max(3, Math.floor(wanted.length / 4));
}

describe("a search finds the sendouts of", () => {
  it.each([...FILTERS, ...DELIVERY_FILTERS])("%s, the newest first", async (_name, filter) => {
    const asksDelivery = DELIVERY_FILTERS.some(([, one]) => one === filter);
    const wanted = ALL.filter((one) => isWanted(one, filter) && (!asksDelivery || wantedOf(one, filter).length > 0));
    const limit = pageOf(wanted);
    expect(await findSendouts(workingD1(), filter, limit)).toEqual(wanted.map(({ row }) => row.id).toReversed());
  });
});

describe("a search finds the deliveries of", () => {
  it.each([...FILTERS, ...DELIVERY_FILTERS])("%s, those of the newest sendout first", async (_name, filter) => {
    const wanted = ALL.filter((one) => isWanted(one, filter))
      .toReversed()
      .flatMap((one) => wantedOf(one, filter));
    const limit = pageOf(wanted);
    expect(await findDeliveries(workingD1(), filter, limit)).toEqual(wanted);
  });
});
