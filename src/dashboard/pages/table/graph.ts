// The table as a picture: inlets, routes and targets with the lines between them, and how much went over each. Where there
// are many routes, those that lead to the same targets are drawn as one. Pure.

import type { TableDocument } from "../../../routing/edit-table.ts";
import { textsOf } from "./part.ts";

/** How much came in through an inlet and went by a route to a target. */
export interface Flow {
  inlet: string;
  route: string;
  target: string;
  deliveries: number;
}

/** Routes that are drawn as one. */
export interface RouteNode {
  key: string;
  /** In the table's order; one, unless they are drawn together. */
  ids: readonly string[];
  events: readonly string[];
  inlets: readonly string[];
  targets: readonly string[];
}

/** A line, from an inlet to routes or from routes to a target. */
export interface Line {
  key: string;
  from: string;
  to: string;
  deliveries: number;
}

export interface Graph {
  inlets: readonly string[];
  routes: readonly RouteNode[];
  targets: readonly string[];
  lines: readonly Line[];
}

/** From how many routes on those with the same targets are drawn as one. */
export const GROUPED_FROM = 40;

/** The key of an inlet's or target's place in the picture. */
export function keyOf(kind: "inlets" | "targets", id: string): string {
  return `${kind}/${id}`;
}

/** The picture of a table, without its lines' numbers where nothing went over them. */
export function toGraph(document: TableDocument, flows: readonly Flow[], opened: ReadonlySet<string>): Graph {
  const inlets = Object.keys(document.inlets);
  const single = document.routes.map((route) => toNode(route, inlets));
  const routes = single.length < GROUPED_FROM ? single : group(single, opened);
  const nodeOf = new Map(routes.flatMap((node) => node.ids.map((id) => [id, node.key] as const)));
  const into = sumBy(flows, ({ inlet, route }) => [keyOf("inlets", inlet), nodeOf.get(route)]);
  const outOf = sumBy(flows, ({ route, target }) => [nodeOf.get(route), keyOf("targets", target)]);
  return {
    inlets,
    routes,
    targets: Object.keys(document.targets),
    lines: routes.flatMap(({ key, inlets: from, targets: to }) => [
      ...from.map((id) => toLine(keyOf("inlets", id), key, into)),
      ...to.map((id) => toLine(key, keyOf("targets", id), outOf)),
    ]),
  };
}

function toNode(route: TableDocument["routes"][number], all: readonly string[]): RouteNode {
  const named = textsOf(route["inlets"]);
  return {
    key: `routes/${route.id}`,
    ids: [route.id],
    events: textsOf(route["events"]),
    inlets: route["inlets"] === undefined ? all : named,
    targets: textsOf(route["to"]),
  };
}

/** Routes with the same targets as one, unless somebody has opened them. */
function group(nodes: readonly RouteNode[], opened: ReadonlySet<string>): RouteNode[] {
  const groups = Map.groupBy(nodes, ({ targets }) => `group/${targets.toSorted().join(" ")}`);
  return [...groups].flatMap(([key, members]) => {
    if (members.length === 1 || opened.has(key)) return members;
    return [
      {
        key,
        ids: members.flatMap(({ ids }) => ids),
        events: distinct(members.flatMap(({ events }) => events)),
        inlets: distinct(members.flatMap(({ inlets }) => inlets)),
        targets: members[0]?.targets ?? [],
      },
    ];
  });
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function sumBy(
  flows: readonly Flow[],
  ends: (flow: Flow) => [string | undefined, string | undefined],
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const flow of flows) {
    const key = ends(flow).join(" ");
    sums.set(key, (sums.get(key) ?? 0) + flow.deliveries);
  }
  return sums;
}

function toLine(from: string, to: string, sums: ReadonlyMap<string, number>): Line {
  const key = `${from} ${to}`;
  return { key, from, to, deliveries: sums.get(key) ?? 0 };
}

/** The thinnest and the widest line, in pixels. */
const WIDTH_MIN = 1.25;
const WIDTH_MAX = 14;

/** How wide a line is: by the square root, so that a hundred times as much is ten times as wide and little is still seen. */
export function widthOf(deliveries: number, most: number): number {
  return most === 0 ? WIDTH_MIN : WIDTH_MIN + (WIDTH_MAX - WIDTH_MIN) * Math.sqrt(deliveries / most);
}

/** The keys of everything that a place is connected with, itself included. */
export function connectedWith({ lines }: Graph, key: string): Set<string> {
  const found = new Set([key]);
  // Forwards from it and backwards from it, and never back again: another inlet of one of its routes is not its own.
  for (const [near, far] of [
    ["from", "to"],
    ["to", "from"],
  ] as const) {
    const reached = [key];
    for (const at of reached) {
      for (const line of lines) if (line[near] === at && !reached.includes(line[far])) reached.push(line[far]);
    }
    for (const one of reached) found.add(one);
  }
  return found;
}

/** The picture with nothing but what has the text in its name or its events, and what that is connected with. */
export function search(graph: Graph, text: string): Graph {
  const sought = text.trim().toLowerCase();
  if (sought === "") return graph;
  const fits = (...texts: readonly string[]) => texts.some((one) => one.toLowerCase().includes(sought));
  const hits = [
    ...graph.inlets.filter((id) => fits(id)).map((id) => keyOf("inlets", id)),
    ...graph.routes.filter(({ ids, events }) => fits(...ids, ...events)).map(({ key }) => key),
    ...graph.targets.filter((id) => fits(id)).map((id) => keyOf("targets", id)),
  ];
  const shown = new Set(hits.flatMap((key) => [...connectedWith(graph, key)]));
  return {
    inlets: graph.inlets.filter((id) => shown.has(keyOf("inlets", id))),
    routes: graph.routes.filter(({ key }) => shown.has(key)),
    targets: graph.targets.filter((id) => shown.has(keyOf("targets", id))),
    lines: graph.lines.filter(({ from, to }) => shown.has(from) && shown.has(to)),
  };
}
