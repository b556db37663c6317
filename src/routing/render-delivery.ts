// The request of one delivery: the target's template, filled from the sendout in the form that the target asks for.
// Pure.

import { toJson } from "../translation/json-text.ts";
import type { RenderedRequest, RenderReason } from "../translation/rendered.ts";
import { renderRequest } from "../translation/request.ts";
import type { Result } from "../result.ts";
import type { NormalisedEvent } from "../voucherify/normalise.ts";
import { payloadOf } from "../voucherify/payload.ts";
import type { CompiledTarget } from "./compile.ts";

/**
 * Renders a target's request for a sendout. The same target and sendout always give the same bytes.
 *
 * @param received the sendout's bytes, which a target that asks for the payload as received gets to the last space
 */
export function renderDelivery(
  { payload, request }: Pick<CompiledTarget, "payload" | "request">,
  event: NormalisedEvent,
  received: Uint8Array,
): Result<RenderedRequest, RenderReason> {
  if (payload === undefined) return renderRequest(request, event.envelope);
  const form = payloadOf(event, payload);
  const wholeBody = () => (payload === "as received" ? decoder.decode(received) : toJson(form));
  return renderRequest(request, { ...form, data: form["data"] }, wholeBody);
}

// A byte order mark is the sender's; it stays. Only bodies that are UTF-8 become events.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
