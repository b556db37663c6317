import { describe, expect, it } from "vitest";
import { compileTable, type CompiledTable } from "../../../src/routing/compile.ts";
import { matchesPattern, matchRoutes as match } from "../../../src/routing/match.ts";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { normalise, type NormalisedEvent } from "../../../src/voucherify/normalise.ts";
import { createSendout, type SendoutOverrides } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";

const RECEIVED_AT = Date.UTC(2026, 9, 5, 8, 15, 31);

async function matchRoutes(table: CompiledTable, inlet: string, event: NormalisedEvent) {
  return match(table, inlet, event, RECEIVED_AT);
}

const TARGETS = ["crm", "mail", "lake"];

/** A table with three targets, two inlets and these routes. */
function createTable(routes: object[]): CompiledTable {
  const compiled = compileTable({
    inlets: { voucherify: { auth: "none" }, staging: { auth: "none" } },
    targets: Object.fromEntries(TARGETS.map((name) => [name, { request: { url: `https://${name}.example.com/` } }])),
    routes,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.value;
}

function createEvent(overrides: SendoutOverrides = {}): NormalisedEvent {
  const event = normalise(bytes(JSON.stringify(createSendout(overrides))));
  if (!event.ok) throw new Error(event.detail);
  return event.value;
}

/** Whether a route with these limits takes an event that arrived at `voucherify`. */
async function takes(limits: object, overrides: SendoutOverrides = {}): Promise<boolean> {
  const table = createTable([{ id: "only", events: ["*"], to: ["crm"], ...limits }]);
  return (await matchRoutes(table, "voucherify", createEvent(overrides))).length === 1;
}

describe("matchesPattern", () => {
  it.each([
    ["*", "redemption.succeeded", true],
    ["*", "x", true],
    ["redemption.succeeded", "redemption.succeeded", true],
    ["redemption.succeeded", "redemption.failed", false],
    ["redemption.succeeded", "redemption.succeeded.late", false],
    ["redemption.succeeded", "Redemption.Succeeded", false],
    ["redemption.*", "redemption.succeeded", true],
    ["redemption.*", "redemption.rollback.failed", true],
    ["redemption.*", "redemption", false],
    ["redemption.*", "redemptions.succeeded", false],
    ["redemption.*", "customer.redemption.succeeded", false],
    ["customer.voucher.*", "customer.voucher.gift.balance_added", true],
    ["customer.voucher.*", "customer.created", false],
    ["redemption", "redemption.succeeded", false],
    ["constructor", "toString", false],
  ])("matches %s against %s as %s", async (pattern, type, matches) => {
    expect(matchesPattern(pattern, type)).toBe(matches);
  });
});

describe("matchRoutes", () => {
  it("plans nothing for an event that no route takes", async () => {
    expect(await matchRoutes(createTable([]), "voucherify", createEvent())).toEqual([]);
    const table = createTable([{ id: "other", events: ["campaign.*"], to: ["crm"] }]);
    expect(await matchRoutes(table, "voucherify", createEvent())).toEqual([]);
  });

  it("plans one delivery per target, in the order of the routes, and the first route to a target wins", async () => {
    const table = createTable([
      { id: "first", events: ["redemption.*"], to: ["mail", "crm"] },
      { id: "unrelated", events: ["campaign.*"], to: ["lake"] },
      { id: "second", events: ["*"], to: ["crm", "lake", "mail"] },
      { id: "third", events: ["redemption.succeeded"], to: ["lake"] },
    ]);
    expect(await matchRoutes(table, "voucherify", createEvent())).toEqual([
      { target: "mail", route: "first" },
      { target: "crm", route: "first" },
      { target: "lake", route: "second" },
    ]);
  });

  it("plans a target once that a route names twice", async () => {
    const table = createTable([{ id: "twice", events: ["*", "redemption.*"], to: ["crm", "crm"] }]);
    expect(await matchRoutes(table, "voucherify", createEvent())).toEqual([{ target: "crm", route: "twice" }]);
  });

  it("routes by the event's type, whatever a distribution calls itself", async () => {
    const distribution = { type: "campaign.created", source: { object: "distribution", id: "distr_1" } };
    expect(await takes({ events: ["redemption.succeeded"] }, distribution)).toBe(true);
    expect(await takes({ events: ["campaign.created"] }, distribution)).toBe(false);
  });

  it.each([
    ["its inlet", { inlets: ["voucherify"] }, true],
    ["one of its inlets", { inlets: ["staging", "voucherify"] }, true],
    ["another inlet", { inlets: ["staging"] }, false],
    ["no inlet at all", { inlets: [] }, false],
    ["its source", { sources: ["wh_5a11ce0ffee0000001"] }, true],
    ["one of its sources", { sources: ["distr_1", "wh_5a11ce0ffee0000001"] }, true],
    ["another source", { sources: ["distr_1"] }, false],
    ["no source at all", { sources: [] }, false],
    ["its kind of source", { sourceKinds: ["webhook"] }, true],
    ["another kind of source", { sourceKinds: ["distribution"] }, false],
    ["a filter that holds", { when: [{ path: "order.amount", op: "gte", value: 12_000 }] }, true],
    ["a filter that does not hold", { when: [{ path: "order.amount", op: "gt", value: 12_000 }] }, false],
    ["a filter on the envelope", { when: [{ path: "$webhook.project_id", op: "eq", value: "proj_lantern" }] }, true],
    ["an empty filter", { when: [] }, true],
    [
      "a filter of which one half holds",
      {
        when: [
          { path: "order.amount", op: "exists", value: true },
          { path: "voucher.code", op: "eq", value: "x" },
        ],
      },
      false,
    ],
    ["one pattern of several", { events: ["campaign.*", "redemption.succeeded"] }, true],
    ["every limit but one", { inlets: ["voucherify"], sourceKinds: ["webhook"], sources: ["wh_other"] }, false],
  ])("decides by %s", async (_name, limits, expected) => {
    expect(await takes(limits)).toBe(expected);
  });

  it.each([
    ["no limit", {}, true],
    ["sources", { sources: ["wh_5a11ce0ffee0000001", "distr_1", "null", "undefined", ""] }, false],
    ["no source at all", { sources: [] }, false],
    ["kinds of source", { sourceKinds: ["webhook", "distribution", "null", "undefined", ""] }, false],
    ["an inlet", { inlets: ["voucherify"] }, true],
  ])("takes a sendout that does not say where it comes from by %s: %j is %s", async (_name, limits, expected) => {
    const table = createTable([{ id: "only", events: ["*"], to: ["crm"], ...limits }]);
    const legacy = exampleSendout("redemption.succeeded", { version: "v2018-08-01" });
    for (const [body, options] of [
      [legacy, {}],
      [{ code: "AUTUMN-15" }, { expected: { event: "customer.referred" } }],
    ] as const) {
      const event = normalise(bytes(JSON.stringify(body)), options);
      if (!event.ok) throw new Error(event.detail);
      expect(event.value.source).toEqual({ kind: null, id: null });
      expect(await matchRoutes(table, "voucherify", event.value)).toHaveLength(expected ? 1 : 0);
    }
  });

  it("knows the source that an inlet states for its raw payloads", async () => {
    const expected = { event: "customer.referred", source: "distr_1" };
    const event = normalise(bytes('{"code":"AUTUMN-15"}'), { expected });
    if (!event.ok) throw new Error(event.detail);
    const table = createTable([
      { id: "id", events: ["customer.referred"], sources: ["distr_1"], to: ["crm"] },
      { id: "kind", events: ["*"], sourceKinds: ["distribution"], to: ["mail"] },
      { id: "other", events: ["*"], sources: ["distr_2"], to: ["lake"] },
    ]);
    expect((await matchRoutes(table, "voucherify", event.value)).map(({ route }) => route)).toEqual(["id", "kind"]);
  });
});
