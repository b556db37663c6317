// A preview or a test of a logged sendout without what the table masks.

import { MASK } from "../masking/mask-json.ts";
import type { Masker } from "../masking/masker.ts";
import type { DeliveryPreview, SendoutPreview } from "../routing/preview.ts";
import type { Asked } from "./preview-request.ts";
import { maskerOf, type Sight } from "./sight.ts";

/** Of a logged sendout what the table masks is masked; an example, or what the caller has given, is nobody's secret. */
export function maskPreview(shown: SendoutPreview, { isLogged, source }: Asked, sight: Sight): SendoutPreview {
  if (!isLogged || sight.sees === "everything") return shown;
  const masker = maskerOf(source.received, sight);
  const deliveries = shown.deliveries.map((delivery) => maskDelivery(delivery, masker));
  const { event } = shown;
  const label = event.label === null ? null : (masker?.text(event.label) ?? MASK);
  return { ...shown, event: { ...event, label }, deliveries };
}

/** The same of what a target answered to a test: it may repeat what it was sent. */
export function maskAnswer<Answer extends { excerpt?: string }>(
  answer: Answer,
  { isLogged, source }: Asked,
  sight: Sight,
): Answer {
  if (!isLogged || sight.sees === "everything" || answer.excerpt === undefined) return answer;
  return { ...answer, excerpt: maskerOf(source.received, sight)?.body(answer.excerpt) ?? MASK };
}

/** Without a masker, of a payload that is no JSON, only where it would go. */
function maskDelivery(delivery: DeliveryPreview, masker: Masker | undefined): DeliveryPreview {
  const { target, route, error } = delivery;
  if (masker === undefined) return { target, route, error: error && { ...error, detail: MASK }, ...HIDDEN };
  // Masking keeps the shape of what it masks.
  return { ...(masker.values(delivery) as DeliveryPreview), target, route };
}

const HIDDEN = { request: null, trace: [], curl: null };
