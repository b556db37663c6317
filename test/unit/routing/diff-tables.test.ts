// What differs between two tables, as a person would tell it: by names, deep enough to see what it is, no deeper.

import { describe, expect, it } from "vitest";
import { diffTables } from "../../../src/routing/diff-tables.ts";
import { readDocument } from "../../../src/routing/edit-table.ts";
import { createDocument, createRoute, createTarget } from "./documents.ts";

function diff(before: object, after: object) {
  return diffTables(readDocument(createDocument(before)), readDocument(createDocument(after)));
}

const [A, B, C] = ["a", "b", "c"].map((id) => createRoute({ id }));

describe("diffTables", () => {
  it("finds nothing where the keys alone stand in another order", () => {
    expect(diff({}, {})).toEqual([]);
    expect(diff({ routes: [{ id: "a", to: [] }] }, { routes: [{ to: [], id: "a" }] })).toEqual([]);
  });

  it("names inlets, then targets, then routes, new parts whole and where they stand now", () => {
    const shop = { auth: "none" };
    const crm = createTarget();
    expect(diff({ routes: [A, B] }, { inlets: { shop }, targets: { erp: crm, crm }, routes: [C, A, B] })).toEqual([
      { change: "added", path: "inlets.shop", after: shop },
      { change: "removed", path: "inlets.voucherify", before: { auth: "none" } },
      { change: "added", path: "targets.erp", after: crm },
      { change: "added", path: "routes.c", after: C },
    ]);
  });

  it("goes into what is there before and after", () => {
    const before = createTarget({ request: { headers: { "x-a": "1", "x-b": "1" } }, retry: [1, 2] });
    const after = createTarget({ request: { headers: { "x-b": "2", "x-c": "3" } }, retry: [1] });
    expect(diff({ targets: { crm: before } }, { targets: { crm: after } })).toEqual([
      { change: "removed", path: "targets.crm.request.headers.x-a", before: "1" },
      { change: "changed", path: "targets.crm.request.headers.x-b", before: "1", after: "2" },
      { change: "added", path: "targets.crm.request.headers.x-c", after: "3" },
      { change: "changed", path: "targets.crm.retry", before: [1, 2], after: [1] },
    ]);
  });

  it("goes into lists of one length, by place", () => {
    const [before, after] = ["x", "y"].map((value) => createRoute({ when: [{ path: "a" }, { path: "b", value }] }));
    expect(diff({ routes: [before] }, { routes: [after] })).toEqual([
      { change: "changed", path: "routes.all.when.1.value", before: "x", after: "y" },
    ]);
  });

  it("tells null from nothing, and another kind of value as a whole", () => {
    const target = (body?: unknown) => ({ targets: { crm: createTarget({ request: { body } }) } });
    const path = "targets.crm.request.body";
    expect(diff(target(), target(null))).toEqual([{ change: "added", path, after: null }]);
    expect(diff(target({ a: 1 }), target([1]))).toEqual([{ change: "changed", path, before: { a: 1 }, after: [1] }]);
    expect(diff(target({ constructor: 1 }), target({}))).toEqual([
      { change: "removed", path: `${path}.constructor`, before: 1 },
    ]);
  });

  it("tells another order of the routes, but not what comes and goes between them", () => {
    expect(diff({ routes: [A, B, C] }, { routes: [C, A, B] })).toEqual([
      { change: "moved", path: "routes", before: ["a", "b", "c"], after: ["c", "a", "b"] },
    ]);
    expect(diff({ routes: [A, B] }, { routes: [A, C] }).map(({ change }) => change)).toEqual(["added", "removed"]);
  });

  it("has what stands beside the parts at the end", () => {
    expect(diff({ $schema: "a" }, { settings: {} })).toEqual([
      { change: "removed", path: "$schema", before: "a" },
      { change: "added", path: "settings", after: {} },
    ]);
  });
});
