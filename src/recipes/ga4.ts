// Google Analytics 4: an event, by the Measurement Protocol.

import { eachFamily, PROPERTIES } from "./families.ts";
import { withoutNulls } from "./property-values.ts";
import type { Recipe } from "./recipe.ts";

/** Longest name of an event, in characters. */
const NAME_LENGTH_MAX = 40;

/** The event's type in at most 40 letters, digits and underscores; without the words that make some too long. */
const NAME = ["'business_', ''", "'loyalty_card.', ''", "'customer.voucher.', 'customer.'", "'.', '_'"].reduce(
  (value, pair) => `$replace(${value}, ${pair})`,
  "$webhook.event.type",
);

/** Google Analytics' Measurement Protocol. */
export const ga4: Recipe = {
  id: "ga4",
  title: "Google Analytics 4: Measurement Protocol",
  summary: "Sends the event to a web data stream.",
  documentation: {
    url: "https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference",
    readOn: "2026-11-22",
  },
  evidence: {
    url: "read",
    region: "memory",
    authentication: "read",
    body: "read",
    success: "read",
    limits: "secondary",
  },
  notes: [
    "Google answers 2xx to everything, a wrong secret included, so that a delivery says nothing of what was kept. Send one event to /debug/mp/collect by hand first.",
    "A repeat is a second event: the protocol takes no key.",
    "Google forbids what names a person, e-mail addresses above all. If your source_id are such, say {{ $sha256(customer.source_id) }} in `user`.",
    "Without the client id of a browser the events are of nobody's session and in no real-time report. Keep it in the customer's metadata and name it in `client`.",
    "Names have 40 characters at most: customer.voucher.loyalty_card.pending_points.added is customer_pending_points_added. Values are cut at 100 characters by Google.",
    "Properties are seen in reports once they are custom dimensions.",
  ],
  settings: {
    region: {
      kind: "choice",
      meaning: "Where Google takes the event in",
      choices: { global: "www.google-analytics.com", EU: "region1.google-analytics.com" },
      default: "global",
    },
    measurement_id: {
      kind: "text",
      meaning: "The measurement id of the data stream",
      pattern: "G-[A-Z0-9]{4,20}",
      example: "G-0123456789",
    },
    client: {
      kind: "template",
      meaning: "The client id of the customer's browser, like {{ customer.metadata.ga_client_id }}",
      default:
        "{{ $required($default(customer.id, holder.id, $webhook.project_id), 'the event has neither a customer nor a project') }}",
    },
    user: {
      kind: "template",
      meaning: "The user id that your site tells Google Analytics; left out when empty",
      default: "{{ $default(customer.source_id, holder.source_id) }}",
    },
  },
  secrets: { api_secret: "A Measurement Protocol API secret of the data stream" },
  authentication: { type: "none" },
  requests: eachFamily((family) => ({
    url: "https://<<region>>/mp/collect",
    query: { measurement_id: "<<measurement_id>>", api_secret: { $secret: "api_secret" } },
    body: {
      client_id: "<<client>>",
      user_id: "<<user|{{ $default('') }}>>",
      timestamp_micros: "{{ $unixMs($webhook.event.created_at) * 1000 }}",
      events: [{ name: `{{ $substring(${NAME}, 0, ${NAME_LENGTH_MAX}) }}`, params: withoutNulls(PROPERTIES[family]) }],
    },
  })),
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 130_000, maxAgeSeconds: 72 * 3_600 },
};
