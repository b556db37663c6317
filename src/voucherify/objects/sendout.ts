// The envelope of v2024-01-01 as a template sees it, `$webhook`. What ingest insists on is in ../envelope.ts.

import { EventSourceSchema } from "./event.ts";
import * as f from "./field.ts";

/** Everything around `data`. */
export const SendoutSchema = f.shape("sendout", "The whole sendout", {
  id: f.id("whs_", "Voucherify's id of this sendout"),
  project_id: f.id("proj_", "Id of your project"),
  created_at: f.instant("When the event happened"),
  type: f.text("The event's type; from a distribution free text, maybe empty", "redemption.succeeded"),
  source: f.group("What sent it", {
    id: f.id("wh_", "Id of the webhook, or of the distribution: `distr_…`"),
    object: f.choice("What that is", ["webhook", "distribution"]),
    target_url: f.text("Where it was sent", "https://signalbox.example.com/in/voucherify"),
  }),
  event: f.group("The event", {
    id: f.id("ev", "Voucherify's id of the event"),
    type: f.text("Its type", "redemption.succeeded"),
    created_at: f.instant("When it happened"),
    entity_id: f.text("Id of what it happened to; often missing", "r_5a11ce0ffee0000002"),
    group_id: f.id("v-", "Id of the API request that caused it, the same for its sibling events"),
    event_source: f.part(EventSourceSchema),
  }),
});
