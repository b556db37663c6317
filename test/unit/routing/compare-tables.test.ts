// What two tables make of a sendout, told delivery by delivery, and added up over many.

import { describe, expect, it } from "vitest";
import { compareTables, type ComparedSendout } from "../../../src/routing/compare-tables.ts";
import { Tally } from "../../../src/routing/tally-comparison.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { compile, createDocument, createRoute, createTarget } from "./documents.ts";

const RECEIVED_AT = Date.UTC(2026, 9, 5, 8, 15, 31);

/** Compares two documents by one redemption, or by another body. */
async function compare(before: object, after: object, body: unknown = createSendout(), inlet = "voucherify") {
  const sendout = { id: "so_1", inlet, receivedAt: RECEIVED_AT, body: bytes(JSON.stringify(body)) };
  return compareTables(compile(createDocument(before)), compile(createDocument(after)), sendout);
}

/** A document with a route of everything to a target whose body is this. */
function sending(body: unknown, request: object = {}): object {
  return { targets: { crm: createTarget({ request: { body, ...request } }) }, routes: [createRoute()] };
}

const CODE = sending({ code: "{{ voucher.code }}" });
const FAILING = sending({ never: "{{ voucher.nothing }}" }, { missing: "error" });

describe("compareTables", () => {
  it.each([
    ["the same request", CODE, CODE, "same"],
    ["the same request by other words", CODE, sending({ code: "{{voucher.code}}" }), "same"],
    ["a request that cannot be rendered any more", CODE, FAILING, "newlyFailing"],
    ["one that can be neither way", FAILING, FAILING, "failing"],
    ["one that can be rendered now", FAILING, CODE, "repaired"],
    ["one for a target that had none", {}, CODE, "newlyRouted"],
    ["none for one that had", CODE, {}, "dropped"],
  ])("tells %s", async (_name, before, after, fate) => {
    expect((await compare(before, after)).deliveries).toMatchObject([{ target: "crm", route: "all", fate }]);
  });

  it("tells where a request differs, with secrets as names", async () => {
    const before = sending({ code: "{{ voucher.code }}" }, { query: { key: { $secret: "OLD_KEY" } } });
    const after = sending(
      { code: "{{ voucher.code }}", name: "{{ customer.name }}" },
      { url: "https://crm.example.com/v2", query: { key: { $secret: "NEW_KEY" } }, method: "PUT" },
    );
    const { deliveries } = await compare(before, after);
    expect(deliveries[0]?.changes).toEqual([
      { path: "method", before: "POST", after: "PUT" },
      {
        path: "url",
        before: "https://crm.example.com/events?key={{ secret OLD_KEY }}",
        after: "https://crm.example.com/v2?key={{ secret NEW_KEY }}",
      },
      { path: "body.name", after: "Zoë O'Neil" },
    ]);
  });

  it("tells why a request cannot be rendered, without a value", async () => {
    const { deliveries } = await compare(CODE, FAILING);
    expect(deliveries[0]?.error).toMatchObject({ code: "template_value_missing" });
  });

  it.each([
    ["routed", CODE, CODE],
    ["unrouted", {}, {}],
    ["newly_routed", {}, CODE],
    ["newly_unrouted", CODE, {}],
  ])("tells that a sendout is %s", async (outcome, before, after) => {
    expect(await compare(before, after)).toMatchObject({ outcome });
  });

  it("gives a target that another route leads to now to that route", async () => {
    const routes = [createRoute({ id: "first", events: ["redemption.*"] }), createRoute()];
    const { deliveries } = await compare(CODE, { ...CODE, routes });
    expect(deliveries).toMatchObject([{ route: "first", fate: "same" }]);
  });

  it("understands a body as the inlets of both tables expect it", async () => {
    const expects = { event: "voucher.created" };
    const expecting = { ...CODE, inlets: { voucherify: { auth: "none", expects } } };
    const raw = { code: "AUTUMN-15" };
    expect(await compare(CODE, expecting, raw)).toMatchObject({ outcome: "newly_routed" });
    expect(await compare(CODE, CODE, raw)).toEqual({ outcome: "not_understood", deliveries: [] });
  });

  it("lets nothing in where a table has no such inlet", async () => {
    const elsewhere = { ...CODE, inlets: { other: { auth: "none" } } };
    expect(await compare(CODE, elsewhere)).toMatchObject({ outcome: "newly_unrouted" });
    expect(await compare(elsewhere, elsewhere)).toMatchObject({ outcome: "not_understood" });
  });
});

describe("a tally", () => {
  const changed: ComparedSendout = {
    outcome: "routed",
    deliveries: [
      { target: "crm", route: "all", fate: "changed", changes: [], error: null },
      { target: "erp", route: "all", fate: "same", changes: [], error: null },
    ],
  };

  it("counts sendouts once and deliveries by route and target", () => {
    const tally = new Tally();
    tally.add("so_1", changed);
    tally.add("so_2", { outcome: "newly_unrouted", deliveries: [] });
    tally.addGone();
    expect(tally.sendouts).toEqual({
      compared: 2,
      routed: 1,
      unrouted: 0,
      newlyRouted: 0,
      newlyUnrouted: 1,
      notUnderstood: 0,
      bodiesGone: 1,
    });
    expect(tally.deliveries).toMatchObject([
      { route: "all", target: "crm", changed: 1, same: 0 },
      { route: "all", target: "erp", changed: 0, same: 1 },
    ]);
  });

  it("keeps three examples of each fate, and none of what stays as it is", () => {
    const tally = new Tally();
    for (const id of ["so_1", "so_2", "so_3", "so_4"]) tally.add(id, changed);
    expect(tally.examples.map(({ sendout, target }) => [sendout, target])).toEqual([
      ["so_1", "crm"],
      ["so_2", "crm"],
      ["so_3", "crm"],
    ]);
  });
});
