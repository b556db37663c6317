import { describe, expect, it } from "vitest";
import { editAddress, findChanges } from "../../../src/dashboard/pages/migration/places.ts";

describe("where a place of the table is changed", () => {
  it.each([
    ["targets.crm.request.body.id", "/builder/crm", "Open crm"],
    ["targets.crm.eu.request.url", "/builder/crm.eu", "Open crm.eu"],
    ["targets.crm", "/builder/crm", "Open crm"],
    ["routes.vip.when.0.path", "/table/routes/vip", "Route vip"],
    ["routes.a&b.order.by", "/table/routes/a%26b", "Route a&b"],
  ])("is for %s at %s", (place, href, label) => {
    expect(editAddress(place, ["crm", "crm.eu"])).toEqual({ href, label });
  });

  it("is nowhere for a target that is gone, and for what is neither a target's nor a route's", () => {
    expect(editAddress("targets.crm2.request.url", ["crm"])).toBeUndefined();
    expect(editAddress("settings.alerts", [])).toBeUndefined();
  });
});

describe("what becomes of fields", () => {
  const changes = [
    { change: "moved", from: "data.object.voucher", to: "data.voucher" },
    { change: "dropped", from: "object", to: null },
    { change: "unknown", from: null, to: "source.id" },
  ] as const;

  it("is found by a part of either name, whatever its case", () => {
    expect(findChanges(changes, " OBJECT ", "all")).toEqual([changes[0], changes[1]]);
    expect(findChanges(changes, "source", "all")).toEqual([changes[2]]);
    expect(findChanges(changes, "", "all")).toEqual(changes);
  });

  it("is found by its kind", () => {
    expect(findChanges(changes, "object", "dropped")).toEqual([changes[1]]);
    expect(findChanges(changes, "", "kept")).toEqual([]);
  });
});
