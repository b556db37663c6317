// The request of one delivery: the target's template, filled from the sendout in the form that the target asks for.
// Pure.

import { toJson } from "../translation/json-text.ts";
import type { RenderedRequest, RenderReason } from "../translation/rendered.ts";
import { renderRequest } from "../translation/request.ts";
import { failure, type Result } from "../result.ts";
import type { NormalisedEvent } from "../voucherify/normalise.ts";
import { payloadOf } from "../voucherify/payload.ts";
import { templateFor, type CompiledTarget } from "./compile-target.ts";

/** The sendout that a delivery is of, and the route that led to it. */
export interface DeliverySource {
  event: NormalisedEvent;
  /** Its bytes, which a target that asks for the payload as received gets to the last space. */
  received: Uint8Array;
  /** Milliseconds since 1970. */
  receivedAt: number;
  sendoutId: string;
  route: string;
}

/** Renders a target's request for a sendout. The same target and sendout always give the same bytes. */
export async function renderDelivery(
  target: Pick<CompiledTarget, "id" | "payload" | "requests" | "settings">,
  { event, received, receivedAt, sendoutId, route }: DeliverySource,
): Promise<Result<RenderedRequest, RenderReason | "recipe_without_request">> {
  const { payload } = target;
  const request = templateFor(target, event.type);
  if (request === undefined)
    return failure("recipe_without_request", "the target's recipe has no request for this event");
  // Two targets of one route get ids of their own: a destination drops the second request with an id it knows.
  const seed = seedOf(sendoutId, route, target.id);
  const input = { seed, happenedAt: event.occurredAt ?? receivedAt, receivedAt, settings: target.settings };
  if (payload === undefined) return renderRequest(request, { ...input, event: event.envelope });
  const form = payloadOf(event, payload);
  const wholeBody = () => (payload === "as received" ? decoder.decode(received) : toJson(form));
  return renderRequest(request, { ...input, event: { ...form, data: form["data"] }, wholeBody });
}

/** What the ids of a request are made of. */
export function seedOf(sendoutId: string, route: string, target: string): string {
  return `${sendoutId}|${route}|${target}`;
}

// A byte order mark is the sender's; it stays. Only bodies that are UTF-8 become events.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
