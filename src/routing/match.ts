// Which routes an event takes, and so which targets get a request. Pure.

import * as v from "valibot";
import type { NormalisedEvent } from "../voucherify/normalise.ts";
import type { CompiledRoute, CompiledTable } from "./compile.ts";
import { failedCondition, type FilterFailure, type FilterNo } from "./filter.ts";

/** A planned delivery: the target, and the first route that led to it. */
export interface Planned {
  target: string;
  route: string;
  /** What it has in common with those it goes before and after; absent where no order was asked for. */
  orderKey?: string;
}

/** A route whose filter could not be answered, so that it was not taken. */
export interface UnansweredRoute extends FilterFailure {
  route: string;
}

/**
 * The targets an event goes to, each once, in the order of the table's routes.
 *
 * @param unanswered is given the routes whose filters failed for this event
 */
export async function matchRoutes(
  table: CompiledTable,
  inlet: string,
  event: NormalisedEvent,
  receivedAt: number,
  unanswered: UnansweredRoute[] = [],
): Promise<Planned[]> {
  const planned = new Map<string, Planned>();
  for (const route of table.routes) {
    if (!takes(route, inlet, event)) continue;
    if (route.to.every((target) => planned.has(target))) continue;
    const no = await failedCondition(route.when, event.envelope, receivedAt);
    if (no?.failure !== undefined) unanswered.push({ route: route.id, ...no.failure });
    if (no !== undefined) continue;
    for (const target of route.to) {
      if (!planned.has(target)) planned.set(target, { target, route: route.id });
    }
  }
  return [...planned.values()];
}

/** Whether a route would be taken, and if not, why. */
export const RouteDecisionSchema = v.pipe(
  v.object({
    route: v.string(),
    taken: v.boolean(),
    why: v.pipe(
      v.nullable(v.string()),
      v.description("What kept it from being taken: `no event pattern covers voucher.created`."),
    ),
  }),
  v.metadata({ ref: "RouteDecision" }),
);
export type RouteDecision = v.InferOutput<typeof RouteDecisionSchema>;

/** Every route with its decision. */
export async function explainRoutes(
  table: CompiledTable,
  inlet: string,
  event: NormalisedEvent,
  receivedAt: number,
): Promise<RouteDecision[]> {
  const decisions = table.routes.map(async (route) => {
    const why =
      mismatch(route, inlet, event) ?? explainFilter(await failedCondition(route.when, event.envelope, receivedAt));
    return { route: route.id, taken: why === undefined, why: why ?? null };
  });
  return Promise.all(decisions);
}

function explainFilter(no: FilterNo | undefined): string | undefined {
  if (no === undefined) return undefined;
  const condition = typeof no.condition === "string" ? no.condition : JSON.stringify(no.condition);
  return `the filter said no: ${condition}${no.failure === undefined ? "" : ` (${no.failure.message})`}`;
}

/** Whether a pattern covers an event type: the type itself, a beginning and `.*`, or `*`. */
export function matchesPattern(pattern: string, type: string): boolean {
  if (pattern === "*") return true;
  return pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** Whether a route is for events of this kind at all; its filter is asked afterwards. */
function takes(route: CompiledRoute, inlet: string, event: NormalisedEvent): boolean {
  return mismatch(route, inlet, event) === undefined;
}

/** What of a route does not fit an event; undefined when all of it does. */
function mismatch(route: CompiledRoute, inlet: string, { type, source }: NormalisedEvent): string | undefined {
  if (!route.events.some((pattern) => matchesPattern(pattern, type))) return `no event pattern covers ${type}`;
  if (!(route.inlets?.has(inlet) ?? true)) return `it is not for the inlet ${inlet}`;
  if (!isAmong(route.sources, source.id)) return `it is not for the source ${source.id ?? "that is not said"}`;
  if (!isAmong(route.sourceKinds, source.kind)) return `it is not for ${source.kind ?? "a source that is not said"}`;
  return undefined;
}

/** Whether a list, when the route has one, holds a value. What the sendout does not say is in no list. */
function isAmong(list: ReadonlySet<string> | undefined, value: string | null): boolean {
  return list === undefined || (value !== null && list.has(value));
}
