// The routing table as a picture: what is drawn, how wide, and what belongs together.

import { describe, expect, it } from "vitest";
import { connectedWith, GROUPED_FROM, search, toGraph, widthOf } from "../../../src/dashboard/pages/table/graph.ts";
import { placeNumbers } from "../../../src/dashboard/pages/table/place-numbers.ts";
import { readDocument } from "../../../src/routing/edit-table.ts";

const TABLE = readDocument({
  inlets: { voucherify: { auth: "none" }, shop: { auth: "none" } },
  targets: { crm: {}, chat: {}, unused: {} },
  routes: [
    { id: "customers", events: ["customer.*"], to: ["crm"] },
    { id: "loud", events: ["*"], inlets: ["shop"], to: ["crm", "chat"] },
  ],
});

const FLOWS = [
  { inlet: "voucherify", route: "customers", target: "crm", deliveries: 5 },
  { inlet: "shop", route: "customers", target: "crm", deliveries: 2 },
  { inlet: "shop", route: "loud", target: "chat", deliveries: 1 },
  { inlet: "shop", route: "gone", target: "crm", deliveries: 9 },
];

const NONE: ReadonlySet<string> = new Set();

/** Alike routes, many enough to be drawn together. */
function manyRoutes() {
  const routes = Array.from({ length: GROUPED_FROM }, (_, index) => ({
    id: `r${index}`,
    events: [`type.${index}`],
    to: [index === 0 ? "chat" : "crm"],
  }));
  return { ...TABLE, routes };
}

describe("the picture of a table", () => {
  it("draws a route without inlets from each of them, and adds up what went over each line", () => {
    const { inlets, targets, lines } = toGraph(TABLE, FLOWS, NONE);
    expect([inlets, targets]).toEqual([
      ["voucherify", "shop"],
      ["crm", "chat", "unused"],
    ]);
    expect(lines.map(({ from, to, deliveries }) => [from, to, deliveries])).toEqual([
      ["inlets/voucherify", "routes/customers", 5],
      ["inlets/shop", "routes/customers", 2],
      ["routes/customers", "targets/crm", 7],
      ["inlets/shop", "routes/loud", 1],
      ["routes/loud", "targets/crm", 0],
      ["routes/loud", "targets/chat", 1],
    ]);
  });

  it("draws routes with the same targets as one where there are many, with what went by any of them", () => {
    const flows = ["r1", "r2"].map((route) => ({ inlet: "shop", route, target: "crm", deliveries: 3 }));
    const { routes, lines } = toGraph(manyRoutes(), flows, NONE);
    expect(routes.map(({ key, ids }) => [key, ids.length])).toEqual([
      ["routes/r0", 1],
      ["group/crm", GROUPED_FROM - 1],
    ]);
    expect(lines.find(({ to }) => to === "targets/crm")?.deliveries).toBe(6);
    expect(toGraph(manyRoutes(), flows, new Set(["group/crm"])).routes).toHaveLength(GROUPED_FROM);
  });

  it("connects a place with what leads to it and what it leads to, and not with its neighbours", () => {
    const graph = toGraph(TABLE, [], NONE);
    expect([...connectedWith(graph, "targets/chat")].toSorted()).toEqual([
      "inlets/shop",
      "routes/loud",
      "targets/chat",
    ]);
    expect([...connectedWith(graph, "routes/customers")].toSorted()).toEqual([
      "inlets/shop",
      "inlets/voucherify",
      "routes/customers",
      "targets/crm",
    ]);
  });

  it("is searched by names and events, and keeps what those are connected with", () => {
    const graph = toGraph(TABLE, [], NONE);
    expect(search(graph, " CUSTOMER.")).toMatchObject({ inlets: ["voucherify", "shop"], targets: ["crm"] });
    expect(search(graph, "unused")).toMatchObject({ inlets: [], routes: [], targets: ["unused"], lines: [] });
    expect(search(graph, " ")).toBe(graph);
  });

  it("shows what a table says even where its schema would not allow it", () => {
    const odd = { ...TABLE, routes: [{ id: "odd", events: "customer.*", to: [1, "crm", "crm"] }] };
    expect(toGraph(odd, [], NONE).routes).toMatchObject([{ events: [], targets: ["crm"] }]);
  });

  it("has wider lines for more, and a line for nothing", () => {
    expect(widthOf(0, 0)).toBe(widthOf(0, 100));
    expect(widthOf(25, 100)).toBeGreaterThan(widthOf(1, 100));
    expect(widthOf(100, 100)).toBe(14);
  });
});

describe("numbers on lines", () => {
  it("make room for one another", () => {
    const line = { deliveries: 3, x1: 0, y1: 0, x2: 200, y2: 0 };
    const [first, second] = placeNumbers([line, { ...line, deliveries: 4 }], (one) => one);
    expect(first).toMatchObject({ deliveries: 4, x: 100 });
    expect(Math.abs((second?.x ?? 0) - 100)).toBeGreaterThan(30);
  });

  it("stand over one another where there is no room at all", () => {
    const line = { deliveries: 3, x1: 0, y1: 0, x2: 10, y2: 0 };
    expect(placeNumbers([line, line], (one) => one).map(({ x }) => x)).toEqual([5, 5]);
  });
});
