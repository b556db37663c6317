// What two tables make of one sendout, delivery by delivery: the heart of a dry run. Pure.

import { failure, type Result } from "../result.ts";
import type { RenderedRequest } from "../translation/rendered.ts";
import { normalise, type NormalisedEvent } from "../voucherify/normalise.ts";
import type { CompiledTable } from "./compile.ts";
import { diffValues, type ValueChange } from "./diff-values.ts";
import { matchRoutes } from "./match.ts";
import { showRequest } from "./preview.ts";
import { renderDelivery } from "./render-delivery.ts";

/** A logged sendout. */
export interface LoggedSendout {
  id: string;
  inlet: string;
  /** Milliseconds since 1970. */
  receivedAt: number;
  body: Uint8Array<ArrayBuffer>;
}

/** What the second table changes about a delivery. */
export const FATES = [
  /** The same request, byte for byte. */
  "same",
  "changed",
  /** It could be rendered and cannot be any more. */
  "newlyFailing",
  /** It cannot be rendered by either. */
  "failing",
  /** It could not be rendered and can be now. */
  "repaired",
  /** There was none for this target. */
  "newlyRouted",
  /** There is none for this target any more. */
  "dropped",
] as const;
export type Fate = (typeof FATES)[number];

/** A delivery by both tables. */
export interface ComparedDelivery {
  target: string;
  /** The route that leads there now; of one that is dropped, the one that did. */
  route: string;
  fate: Fate;
  /** Of a changed request. */
  changes: ValueChange[];
  /** Of one that newly fails. */
  error: { code: string; detail: string } | null;
}

/** A sendout by both tables. */
export interface ComparedSendout {
  /** `not_understood` is understood by neither. */
  outcome: "routed" | "unrouted" | "newly_routed" | "newly_unrouted" | "not_understood";
  deliveries: ComparedDelivery[];
}

/** Compares what two tables make of a sendout. An inlet that a table does not have takes nothing in. */
export async function compareTables(
  before: CompiledTable,
  after: CompiledTable,
  sendout: LoggedSendout,
): Promise<ComparedSendout> {
  const [earlier, later] = [understand(before, sendout), understand(after, sendout)];
  if (!earlier.ok && !later.ok) return { outcome: "not_understood", deliveries: [] };
  const plans = [await planOf(before, sendout, earlier), await planOf(after, sendout, later)] as const;
  const [was, is] = plans.map((plan) => plan.size > 0);
  const deliveries = [...new Set(plans.flatMap((plan) => [...plan.keys()]))].map((target) =>
    compareDelivery(target, plans[0].get(target), plans[1].get(target)),
  );
  const outcome = was ? (is ? "routed" : "newly_unrouted") : is ? "newly_routed" : "unrouted";
  return { outcome, deliveries };
}

type Understood = Result<NormalisedEvent, string>;

function understand(table: CompiledTable, { inlet, body }: LoggedSendout): Understood {
  const definition = table.inlets.get(inlet);
  if (definition === undefined) return failure("inlet_unknown", "the table has no such inlet");
  return normalise(body, { expected: definition.expects });
}

/** A delivery that a table plans, with its request or the reason why there is none. */
interface PlannedRequest {
  route: string;
  rendered: Result<RenderedRequest, string>;
}

async function planOf(
  table: CompiledTable,
  { id, inlet, receivedAt, body }: LoggedSendout,
  event: Understood,
): Promise<Map<string, PlannedRequest>> {
  const plan = new Map<string, PlannedRequest>();
  if (!event.ok) return plan;
  for (const { target, route } of await matchRoutes(table, inlet, event.value, receivedAt)) {
    const compiled = table.targets.get(target);
    if (compiled === undefined) continue; // the table was checked: every route's target exists
    const source = { event: event.value, received: body, receivedAt, sendoutId: id, route };
    plan.set(target, { route, rendered: await renderDelivery(compiled, source) });
  }
  return plan;
}

function compareDelivery(
  target: string,
  before: PlannedRequest | undefined,
  after: PlannedRequest | undefined,
): ComparedDelivery {
  const route = after?.route ?? before?.route ?? "";
  const same = { target, route, changes: [], error: null };
  if (before === undefined) return { ...same, fate: "newlyRouted", error: errorOf(after) };
  if (after === undefined) return { ...same, fate: "dropped" };
  if (!after.rendered.ok) {
    return before.rendered.ok ? { ...same, fate: "newlyFailing", error: errorOf(after) } : { ...same, fate: "failing" };
  }
  if (!before.rendered.ok) return { ...same, fate: "repaired" };
  const [earlier, later] = [before.rendered.value, after.rendered.value];
  if (JSON.stringify(earlier) === JSON.stringify(later)) return { ...same, fate: "same" };
  return { ...same, fate: "changed", changes: diffValues(showRequest(earlier), showRequest(later)) };
}

function errorOf(planned: PlannedRequest | undefined): ComparedDelivery["error"] {
  if (planned === undefined || planned.rendered.ok) return null;
  const { reason, detail } = planned.rendered;
  return { code: reason, detail };
}
