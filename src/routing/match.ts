// Which routes an event takes, and so which targets get a request. Pure.

import type { NormalisedEvent } from "../voucherify/normalise.ts";
import type { CompiledRoute, CompiledTable } from "./compile.ts";
import { failedCondition } from "./filter.ts";

/** A planned delivery: the target, and the first route that led to it. */
export interface Planned {
  target: string;
  route: string;
}

/** The targets an event goes to, each once, in the order of the table's routes. */
export function matchRoutes(table: CompiledTable, inlet: string, event: NormalisedEvent): Planned[] {
  const planned = new Map<string, Planned>();
  for (const route of table.routes) {
    if (!takes(route, inlet, event)) continue;
    for (const target of route.to) {
      if (!planned.has(target)) planned.set(target, { target, route: route.id });
    }
  }
  return [...planned.values()];
}

/** Whether a pattern covers an event type: the type itself, a beginning and `.*`, or `*`. */
export function matchesPattern(pattern: string, type: string): boolean {
  if (pattern === "*") return true;
  return pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

function takes(route: CompiledRoute, inlet: string, event: NormalisedEvent): boolean {
  return (
    route.events.some((pattern) => matchesPattern(pattern, event.type)) &&
    (route.inlets?.has(inlet) ?? true) &&
    isAmong(route.sources, event.source.id) &&
    isAmong(route.sourceKinds, event.source.kind) &&
    failedCondition(route.when, event.envelope) === undefined
  );
}

/** Whether a list, when the route has one, holds a value. What the sendout does not say is in no list. */
function isAmong(list: ReadonlySet<string> | undefined, value: string | null): boolean {
  return list === undefined || (value !== null && list.has(value));
}
