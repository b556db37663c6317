// What a route's order is by: compiled, checked like everything that reads fields, and made into a key that tells nobody
// anything.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { checkTable } from "../../../src/routing/check-table.ts";
import { compileTable, type CompiledTable } from "../../../src/routing/compile.ts";
import { readSendout, routeSendout } from "../../../src/routing/route-sendout.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createIngestMessage } from "../payloads.ts";

const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
beforeEach(() => log.mockClear());

/** A table with one route to one or two targets, and what is wrong with it. */
function compile(by: unknown, { to = ["crm"], id = "all", events = ["redemption.succeeded"] } = {}) {
  return compileTable({
    inlets: { voucherify: { auth: "none" } },
    targets: Object.fromEntries(["crm", "mail"].map((name) => [name, { request: { url: "https://a.example.com/" } }])),
    routes: [{ id, events, order: { by }, to }],
  });
}

function tableBy(by: unknown, more: Parameters<typeof compile>[1] = {}): CompiledTable {
  const compiled = compile(by, more);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.value;
}

/** The keys of what a sendout with these data leads to, by a table. */
async function keysOf(data: object, table: CompiledTable): Promise<(string | undefined)[]> {
  const content = bytes(JSON.stringify(createSendout({ data: { ...data } })));
  const sendout = await readSendout(await createIngestMessage(content), content);
  const { row, deliveries } = await routeSendout(sendout, { version: 1, table }, true);
  const planned = JSON.parse(row.planned) as { orderKey?: string }[]; // routeSendout wrote it
  expect(planned.map(({ orderKey }) => orderKey)).toEqual(deliveries.map(({ orderKey }) => orderKey));
  return deliveries.map(({ orderKey }) => orderKey);
}

describe("an order that cannot be read", () => {
  it.each<[string, unknown, string, string]>([
    ["nothing", "", "routes.0.order.by", "expected a path like customer.id"],
    [
      "a path that is none",
      "customer id",
      "routes.0.order.by",
      '"customer id" is not a plain path (character 9); write names with dots, like customer.name',
    ],
    ["a setting", "$settings.name", "routes.0.order.by", "the order of a route has no $settings, which are a target's"],
    [
      "a setting in an expression",
      "{{ $settings.name & customer.id }}",
      "routes.0.order.by",
      "the order of a route has no $settings, which are a target's",
    ],
    [
      "a text around an expression",
      "c-{{ customer.id }}",
      "routes.0.order.by",
      "expected a path, or one expression: {{ customer.id }}",
    ],
    ["a number", 7, "routes.0.order.by", "expected string"],
  ])("is refused: %s", (_, by, path, message) => {
    expect(compile(by)).toEqual({ ok: false, issues: [{ path, message }] });
  });
});

describe("the check of a table", () => {
  const check = async (by: string, events: string[]) => checkTable(tableBy(by, { events }));

  it("has nothing against a field that every event has", async () => {
    expect(await check("customer.id", ["redemption.succeeded"])).toEqual({ errors: [], warnings: [] });
    expect(await check("{{ voucher.code }}", ["redemption.succeeded"])).toEqual({ errors: [], warnings: [] });
  });

  it.each(["customer.idd", "{{ $uppercase(customer.idd) }}"])("refuses a field that no event has: %s", async (by) => {
    const message = "redemption.succeeded has no customer.idd; did you mean customer.id?";
    expect((await check(by, ["redemption.succeeded"])).errors).toEqual([{ path: "routes.0.order.by", message }]);
  });

  it("warns of one that some events lack: those go as they come", async () => {
    const { errors, warnings } = await check("customer.id", ["redemption.succeeded", "campaign.created"]);
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      "routes.0.order.by: customer.id is not in 1 of 2 event types that come by: campaign.created",
    ]);
  });
});

describe("the key of a delivery", () => {
  const ada = { customer: { id: "cust_ada", name: "Ada" } };

  it("is a hash, the same for the same value and another for another", async () => {
    const table = tableBy("customer.id");
    const [key] = await keysOf(ada, table);
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(await keysOf({ ...ada, order: { id: "another" } }, table)).toEqual([key]);
    expect(await keysOf({ customer: { id: "cust_bob" } }, table)).not.toEqual([key]);
    expect(await keysOf(ada, tableBy("{{ customer.id }}"))).toEqual([key]);
    expect(await keysOf(ada, tableBy("{{ $substringBefore(customer.id, '-') }}"))).toEqual([key]);
  });

  it("is of its target and its route: nobody waits for another target", async () => {
    const [crm, mail] = await keysOf(ada, tableBy("customer.id", { to: ["crm", "mail"] }));
    expect(crm).not.toBe(mail);
    expect(await keysOf(ada, tableBy("customer.id", { id: "other" }))).not.toContain(crm);
  });

  it.each<[string, object]>([
    ["a number", { customer: { id: 1_042 } }],
    ["the number nought", { customer: { id: 0 } }],
  ])("can be of %s", async (_, data) => {
    expect(await keysOf(data, tableBy("customer.id"))).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it.each<[string, object]>([
    ["has none", { order: { id: "ord_1" } }],
    ["has null", { customer: { id: null } }],
    ["has an empty text", { customer: { id: "" } }],
    ["has something that is no text", { customer: { id: { of: "mine" } } }],
    ["has yes or no", { customer: { id: true } }],
  ])("is missing where the event %s", async (_, data) => {
    expect(await keysOf(data, tableBy("customer.id"))).toEqual([undefined]);
    expect(log).not.toHaveBeenCalled();
  });

  it("is missing where the expression fails, which is logged without anything of the event", async () => {
    expect(await keysOf(ada, tableBy("{{ customer.name * 2 }}"))).toEqual([undefined]);
    expect(log.mock.calls.map(([line]): unknown => JSON.parse(String(line)))).toEqual([
      {
        event: "order_failed",
        route: "all",
        code: "template_expression_failed",
        sendout: expect.stringMatching(/^so_/),
      },
    ]);
  });
});
