// Bodies without an envelope, which only the routing table can explain.

import { describe, expect, it } from "vitest";
import { compileTable } from "../../../src/routing/compile.ts";
import { readSendout, routeSendout, type RoutedSendout } from "../../../src/routing/route-sendout.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createIngestMessage } from "../payloads.ts";

const RAW = { name: "Zoë", voucher: { code: "AUTUMN-15" } };
const EXPECTS = { event: "customer.publication.succeeded", source: "distr_1" };
const VERSION = 7;

/** A table with one inlet that expects raw payloads, or nothing, and another that expects nothing. */
function createTable(expects: object | undefined, limits: object) {
  const compiled = compileTable({
    inlets: { designed: { auth: "none", ...(expects && { expects }) }, voucherify: { auth: "none" } },
    targets: { crm: { request: { url: "https://crm.example.com/", body: { code: "{{ voucher.code }}" } } } },
    routes: [{ id: "only", events: ["*"], to: ["crm"], ...limits }],
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.value;
}

interface Case {
  body?: object;
  inlet?: string;
  expects?: object | undefined;
  limits?: object;
}

async function route({ body = RAW, inlet = "designed", expects, limits = {} }: Case): Promise<RoutedSendout> {
  const content = bytes(JSON.stringify(body));
  const message = { ...(await createIngestMessage(content)), inlet };
  const table = createTable(expects, limits);
  return routeSendout(await readSendout(message, content), { version: VERSION, table }, true);
}

describe("a raw payload", () => {
  it("is routed as what its inlet expects, and its request is made from the body", async () => {
    const { row, deliveries } = await route({ expects: EXPECTS });
    expect(row).toMatchObject({
      inlet: "designed",
      state: "routed",
      reason: null,
      detail: null,
      table_version: VERSION,
      event_type: "customer.publication.succeeded",
      source_kind: "distribution",
      source_id: "distr_1",
      sendout_ref: null,
      event_ref: null,
      project_id: null,
      group_id: null,
      occurred_at: null,
      dedupe_key: `body:${row.body_sha256}`,
    });
    expect(deliveries).toMatchObject([
      { target: "crm", route: "only", ok: true, request: { body: ['{"code":"AUTUMN-15"}'] } },
    ]);
  });

  it.each([
    ["its event", { events: ["customer.publication.*"] }, true],
    ["another event", { events: ["voucher.*"] }, false],
    ["its source", { sources: ["distr_1"] }, true],
    ["another source", { sources: ["distr_2"] }, false],
    ["its kind of source", { sourceKinds: ["distribution"] }, true],
    ["another kind of source", { sourceKinds: ["webhook"] }, false],
    ["its inlet", { inlets: ["designed"] }, true],
    ["a filter on its own fields", { when: [{ path: "voucher.code", op: "eq", value: "AUTUMN-15" }] }, true],
    ["a filter on fields it has not", { when: [{ path: "customer.id", op: "exists", value: true }] }, false],
  ])("is taken or not by a route that asks for %s", async (_name, limits, taken) => {
    const { row, deliveries } = await route({ expects: EXPECTS, limits });
    expect(row.state).toBe(taken ? "routed" : "unrouted");
    expect(deliveries).toHaveLength(taken ? 1 : 0);
  });

  it("is taken by no list of sources when the inlet does not state its source", async () => {
    const expects = { event: "customer.publication.succeeded" };
    expect((await route({ expects, limits: { sources: ["distr_1"] } })).row).toMatchObject({
      state: "unrouted",
      source_kind: null,
      source_id: null,
    });
    expect((await route({ expects, limits: { sourceKinds: ["distribution"] } })).deliveries).toEqual([]);
    expect((await route({ expects })).deliveries).toHaveLength(1);
  });

  it.each([
    ["an inlet that expects nothing", {}],
    ["another inlet than the one that expects it", { expects: EXPECTS, inlet: "voucherify" }],
    ["an inlet that the table no longer has", { expects: EXPECTS, inlet: "gone" }],
  ])("is quarantined at %s", async (_name, given) => {
    const { row, deliveries } = await route(given);
    expect(row).toMatchObject({ state: "quarantined", reason: "envelope_missing", event_type: null, planned: "[]" });
    expect(row.detail).toContain("state the inlet's event in the routing table");
    expect(deliveries).toEqual([]);
  });

  it("has the same id whether it is understood or not, and another at another inlet", async () => {
    const [understood, quarantined, elsewhere] = await Promise.all([
      route({ expects: EXPECTS }),
      route({}),
      route({ inlet: "voucherify" }),
    ]);
    expect(understood.row.id).toBe(quarantined.row.id);
    expect(elsewhere.row.id).not.toBe(understood.row.id);
  });
});

describe("an inlet that expects raw payloads", () => {
  it("goes by the envelope where there is one", async () => {
    const sendout = createSendout();
    const { row } = await route({ body: sendout, expects: EXPECTS });
    expect(row).toMatchObject({
      state: "routed",
      event_type: "redemption.succeeded",
      sendout_ref: sendout.id,
      source_id: sendout.source.id,
    });
  });

  it("does not make a broken envelope into a raw payload", async () => {
    const { row } = await route({ body: { ...createSendout(), data: null }, expects: EXPECTS });
    expect(row).toMatchObject({
      state: "quarantined",
      reason: "envelope_invalid",
      detail: "data: must be an object",
    });
  });

  it.each([
    ["no event", { source: "distr_1" }],
    ["an empty event", { event: "" }],
    ["a key nobody knows", { event: "customer.referred", project: "x" }],
    ["a source that is no text", { event: "customer.referred", source: 1 }],
  ])("cannot be published with %s", (_name, expects) => {
    expect(() => createTable(expects, {})).toThrow(/inlets\.designed\.expects/);
  });
});
