// What a routing table reads from events: every expression of every target, every condition and order of every route, with
// the event types that can come by. Pure.

import { EVENT_TYPES, findEvent } from "../voucherify/catalogue.ts";
import type { PayloadForm } from "../voucherify/payload.ts";
import { ENVELOPE_NAME, parsePath } from "../translation/path.ts";
import { templateReads, templateTextReads, type TemplateRead } from "../translation/template-reads.ts";
import type { Condition } from "./filter.ts";
import { findRecipe } from "../recipes/registry.ts";
import { matchesPattern } from "./match.ts";
import { orderReads } from "./order.ts";
import type { Route, RoutingTable, Target } from "./table.ts";

/** One place of a table that reads a field. */
export interface TableRead extends TemplateRead {
  /** In which form of the sendout it reads. */
  payload: PayloadForm;
  /** The event types that can come by there, of those that are known. */
  types: readonly string[];
  /** Whether types come by that the catalogue does not know. */
  unheardOf: boolean;
  /** Whether the data of what comes by may have been designed by hand, so that it can hold anything. */
  designed: boolean;
}

/**
 * Everything a table reads; a target that is sent its payload whole reads all of it. A target that no route leads to
 * reads nothing.
 *
 * @param seen event types that came in; the catalogue may lack some of them
 */
export function tableReads(table: RoutingTable, seen: readonly string[] = []): TableRead[] {
  const types = [...new Set([...EVENT_TYPES, ...seen])];
  const streams = table.routes.map((route) => streamOf(route, table, types));
  const routes = table.routes.flatMap((route, index) => {
    const stream = streams[index];
    if (stream === undefined) return [];
    return routeReads(route, `routes.${index}`).map((read) => ({ ...read, payload: "normalised" as const, ...stream }));
  });
  const targets = Object.entries(table.targets).flatMap(([id, target]) => {
    const leading = streams.filter((_stream, index) => table.routes[index]?.to.includes(id));
    const stream = joinStreams(leading);
    const { payload = "normalised" } = target;
    return leading.length === 0 ? [] : targetReads(id, target).map((read) => ({ ...read, payload, ...stream }));
  });
  return [...routes, ...targets];
}

/** The event types of the catalogue that can come to each target. */
export function typesByTarget(table: RoutingTable): Map<string, readonly string[]> {
  const streams = table.routes.map((route) => streamOf(route, table, EVENT_TYPES));
  return new Map(
    Object.keys(table.targets).map((id) => {
      const leading = streams.filter((_stream, index) => table.routes[index]?.to.includes(id));
      return [id, joinStreams(leading).types] as const;
    }),
  );
}

/** What a route's conditions and its order read. */
function routeReads({ when = [], order }: Route, place: string): TemplateRead[] {
  return [
    ...when.flatMap((condition, position) => conditionReads(condition, `${place}.when.${position}`)),
    ...(order === undefined ? [] : orderReads(order, `${place}.order.by`)),
  ];
}

/** What one condition reads. */
function conditionReads(condition: Condition, place: string): TemplateRead[] {
  if (typeof condition === "string") return templateTextReads(condition, place);
  const path = parsePath(condition.path);
  // A condition asks; what it asks for may be missing, but not from every event.
  return path.ok ? [{ place: `${place}.path`, path: path.value, tolerant: false }] : [];
}

/**
 * What a recipe's settings read that are templates. Its own templates are ours: they are checked where the recipe is
 * written.
 */
function settingReads(recipe: string, settings: Record<string, string>, place: string): TemplateRead[] {
  return Object.entries(findRecipe(recipe)?.settings ?? {}).flatMap(([name, { kind }]) => {
    const given = Object.hasOwn(settings, name) ? settings[name] : undefined;
    return kind === "template" && given !== undefined ? templateTextReads(given, `${place}.${name}`) : [];
  });
}

/** What one target reads: every expression, and everything when it has no body of its own to send. */
function targetReads(id: string, { recipe, settings, request, payload }: Target): TemplateRead[] {
  if (request === undefined) return settingReads(recipe ?? "", settings ?? {}, `targets.${id}.settings`);
  const passedOn = payload !== undefined && request.body === undefined && request.method !== "GET";
  const whole = { place: `targets.${id}.payload`, path: [ENVELOPE_NAME], tolerant: true };
  return [...(passedOn ? [whole] : []), ...templateReads(request, `targets.${id}.request`)];
}

/** What comes by somewhere. */
type Stream = Pick<TableRead, "types" | "unheardOf" | "designed">;

function streamOf(route: Route, table: RoutingTable, known: readonly string[]): Stream {
  const types = typesOf(route, known);
  const unheardOf = route.events.some((pattern) => !EVENT_TYPES.some((type) => matchesPattern(pattern, type)));
  return { types, unheardOf, designed: mayBeDesigned(route, types, table) };
}

function joinStreams(streams: readonly Stream[]): Stream {
  return {
    types: [...new Set(streams.flatMap(({ types }) => types))],
    unheardOf: streams.some(({ unheardOf }) => unheardOf),
    designed: streams.some(({ designed }) => designed),
  };
}

/** The event types that a route takes. */
function typesOf(route: Route, known: readonly string[]): string[] {
  return known.filter(
    (type) => sendersOf(route, type) && route.events.some((pattern) => matchesPattern(pattern, type)),
  );
}

/** Whether any sender of the kinds that a route takes can send the type today. */
function sendersOf({ sourceKinds }: Route, type: string): boolean {
  const { project = false, distribution = false } = findEvent(type)?.selectable ?? {};
  // What cannot be selected today may still come from what was set up before.
  if (sourceKinds === undefined || !(project || distribution)) return true;
  return (project && sourceKinds.includes("webhook")) || (distribution && sourceKinds.includes("distribution"));
}

/** Whether a route takes distributions, whose data people may have designed, or bodies that are all data. */
function mayBeDesigned({ inlets, sourceKinds }: Route, types: readonly string[], table: RoutingTable): boolean {
  const raw = (inlets ?? Object.keys(table.inlets)).some((inlet) => table.inlets[inlet]?.expects !== undefined);
  const distributed = types.some((type) => findEvent(type)?.selectable.distribution);
  return raw || (distributed && (sourceKinds?.includes("distribution") ?? true));
}
