// What a check and a comparison say, at the place it is about and in words.

import { describe, expect, it } from "vitest";
import { showValue, wordsOf } from "../../../src/dashboard/pages/table/change-words.ts";
import { errorAt, errorsInPart, partAt, standingErrors } from "../../../src/dashboard/pages/table/check-places.ts";
import { eventChoices } from "../../../src/dashboard/pages/table/event-choices.ts";
import { addDryRuns } from "../../../src/routing/add-dry-runs.ts";
import { readDocument } from "../../../src/routing/edit-table.ts";

const TABLE = readDocument({
  inlets: {},
  targets: { crm: { request: { url: "ftp://crm" } } },
  routes: [{ id: "vip", events: ["x y"], to: ["crm"] }],
});

const ERRORS = [
  { path: "targets.crm.request.url", message: "expected https" },
  { path: "routes.0.events.0", message: "an event pattern" },
  { path: "targets.crm", message: "no event can be sent" },
];

describe("an error", () => {
  it("is brought to its part and its field, whatever the route's position", () => {
    const inRoute = errorsInPart(TABLE, { kind: "routes", id: "vip" }, ERRORS);
    expect(inRoute).toEqual([{ path: "events.0", message: "an event pattern" }]);
    expect(errorAt(inRoute, "events")).toBe("0: an event pattern");
    const inTarget = errorsInPart(TABLE, { kind: "targets", id: "crm" }, ERRORS);
    expect(errorAt(inTarget, "request.url")).toBe("expected https");
    expect(errorAt(inTarget, "request.u")).toBeUndefined();
    expect(inTarget).toContainEqual({ path: "", message: "no event can be sent" });
  });

  it("goes once its place says something else, and no sooner", () => {
    const check = { document: TABLE, errors: ERRORS.slice(0, 2), warnings: [] };
    const edited = { ...TABLE, targets: { crm: { request: { url: "https://crm" } } } };
    expect(standingErrors(check, TABLE)).toHaveLength(2);
    expect(standingErrors(check, edited)).toEqual([ERRORS[1]]);
  });

  it("leads to its part", () => {
    expect(partAt(TABLE, "routes.0.events.0")).toEqual({ kind: "routes", id: "vip" });
    expect(partAt(TABLE, "targets.crm")).toEqual({ kind: "targets", id: "crm" });
    expect(partAt(TABLE, "targets.toString.x")).toBeUndefined();
    expect(partAt(TABLE, "routes.7.to")).toBeUndefined();
    expect(partAt(TABLE, "settings.alerts")).toBeUndefined();
  });
});

describe("a change in words", () => {
  it.each([
    ["added", "routes.vip", "Route vip", "", "is new", "/table/routes/vip"],
    ["removed", "targets.crm", "Target crm", "", "is gone", undefined],
    ["removed", "targets.crm.auth", "Target crm", "auth", "is gone", "/table/targets/crm"],
    ["changed", "inlets.shop.auth.secrets.0", "Inlet shop", "auth.secrets.0", "is changed", "/table/inlets/shop"],
    ["moved", "routes", "The order of the routes", "", "is another", undefined],
    ["changed", "settings.retention.bodyDays", "Settings", "retention.bodyDays", "is changed", undefined],
    ["added", "$schema", "$schema", "", "is new", undefined],
  ] as const)("%s %s", (change, path, subject, place, verb, href) => {
    expect(wordsOf({ change, path })).toEqual({ subject, place, verb, href });
  });

  it("shows values on one line, not longer than can be read", () => {
    expect(showValue({ a: "<b>" })).toBe('{"a":"<b>"}');
    expect(showValue(undefined)).toBe("nothing");
    expect(showValue("x".repeat(1_000))).toHaveLength(401);
  });
});

it("offers everything, families and types, the widest first", () => {
  const events = ["customer.created", "customer.rewarded.points", "customer.rewarded.voucher", "ping"];
  expect(eventChoices(events.map((type) => ({ type, meaning: "" }))).map(({ value }) => value)).toEqual([
    "*",
    "customer.*",
    "customer.rewarded.*",
    ...events,
  ]);
});

describe("pages of a dry run", () => {
  const counts = {
    compared: 1,
    routed: 1,
    unrouted: 0,
    newlyRouted: 0,
    newlyUnrouted: 0,
    notUnderstood: 0,
    bodiesGone: 0,
  };
  const fates = { same: 1, changed: 0, newlyFailing: 0, failing: 0, repaired: 0, newlyRouted: 0, dropped: 0 };
  const delivery = { route: "vip", target: "crm", ...fates };
  const example = { route: "vip", target: "crm", fate: "changed" as const };
  const page = {
    tableVersion: 2,
    sendouts: counts,
    deliveries: [delivery],
    examples: [example, example],
    warnings: ["a"],
  };

  it("are added up, with three examples of each fate and each warning once", () => {
    const other = { ...page, deliveries: [delivery, { ...delivery, target: "chat" }] };
    expect(addDryRuns(page, other)).toEqual({
      tableVersion: 2,
      sendouts: { ...counts, compared: 2, routed: 2 },
      deliveries: [
        { ...delivery, same: 2 },
        { ...delivery, target: "chat" },
      ],
      examples: [example, example, example],
      warnings: ["a"],
    });
  });
});
