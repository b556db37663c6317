import { expect, test } from "vitest";
import { nameFor, tableWith, type ConditionLine } from "../../../src/dashboard/pages/builder/publish.ts";

const TABLE = {
  inlets: { voucherify: { auth: "none" } },
  targets: { crm: { recipe: "braze" } },
  routes: [{ id: "all", to: ["crm"] }],
  settings: { kept: true },
};
const TARGET = { recipe: "slack-webhook" };
const ROUTE = { id: "team", events: ["redemption.*"], inlets: [], conditions: [] };

test("a target comes with its route, and all else stays", () => {
  expect(tableWith(TABLE, "slack", TARGET, ROUTE)).toEqual({
    ...TABLE,
    targets: { crm: { recipe: "braze" }, slack: TARGET },
    routes: [...TABLE.routes, { id: "team", events: ["redemption.*"], to: ["slack"] }],
  });
});

test("a target that is edited takes its own place, without another route", () => {
  expect(tableWith(TABLE, "crm", TARGET, undefined)).toEqual({ ...TABLE, targets: { crm: TARGET } });
});

test.each<[Omit<ConditionLine, "path">, unknown]>([
  [{ op: "gt", value: " 100 " }, 100],
  [{ op: "eq", value: "gold" }, "gold"],
  [{ op: "eq", value: "true" }, true],
  [{ op: "ne", value: "null" }, null],
  [{ op: "eq", value: '"100"' }, "100"],
  [{ op: "eq", value: '"a" or "b"' }, '"a" or "b"'],
  [{ op: "eq", value: "0047" }, "0047"],
  [{ op: "eq", value: "12345678901234567890" }, "12345678901234567890"],
  [{ op: "in", value: "gold, 2, " }, ["gold", 2]],
  [{ op: "exists", value: "" }, true],
  [{ op: "exists", value: "false" }, false],
])("the condition %o asks for %o", (line, value) => {
  const conditions = [
    { ...line, path: " customer.x " },
    { path: " ", op: "eq" as const, value: "left out" },
  ];
  const { routes } = tableWith(TABLE, "slack", TARGET, { ...ROUTE, inlets: ["voucherify"], conditions });
  expect(routes.at(-1)).toMatchObject({ inlets: ["voucherify"], when: [{ path: "customer.x", op: line.op, value }] });
});

test.each([
  ["Slack: incoming webhook", "slack-incoming-webhook"],
  ["crm.example.com", "crm-example-com"],
  ["–", "target"],
  ["crm", "crm-2"],
  [`${"a".repeat(31)}-b`, "a".repeat(31)],
])("%s is called %s", (text, name) => {
  expect(nameFor(text, new Set(["crm"]))).toBe(name);
});
