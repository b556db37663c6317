// Customer.io: an event of a person, by the track API, version 1.

import { EVENT, eachFamily, PROPERTIES } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** Customer.io's track customer event. */
export const customerio: Recipe = {
  id: "customerio",
  title: "Customer.io: track event",
  summary: "Records the event on the person whose id is the customer's source_id.",
  documentation: {
    url: "https://docs.customer.io/integrations/api/track/tag/track-events/track/",
    readOn: "2026-11-22",
  },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    idempotency: "read",
    encoding: "secondary",
    limits: "secondary",
  },
  notes: [
    "The id in the URL is percent-encoded; one that is not, with a + or an @, matches nobody and is answered 200 all the same.",
    "A repeat with the same id is dropped.",
    "Events start campaigns up to 72 hours after they happened, later ones are only recorded.",
    "The workspace may know people by email instead: put it in `person`.",
  ],
  settings: {
    region: {
      kind: "choice",
      meaning: "The data centre your workspace is in",
      choices: { US: "track.customer.io", EU: "track-eu.customer.io" },
      default: "US",
    },
    site_id: {
      kind: "text",
      meaning: "The site id of the tracking API key",
      pattern: "[A-Za-z0-9]{8,64}",
      example: "0123456789abcdef0123",
    },
    person: {
      kind: "template",
      meaning: "Who the event is of",
      default: "{{ $required($default(customer.source_id, holder.source_id), 'the customer has no source_id') }}",
    },
  },
  secrets: { api_key: "The tracking API key that belongs to the site id" },
  authentication: { type: "basic", username: "<<site_id>>", password: "api_key" },
  requests: eachFamily((family) => ({
    url: "https://<<region>>/api/v1/customers/<<person>>/events",
    body: {
      name: EVENT.name,
      id: "{{ $ulid() }}",
      timestamp: EVENT.unix,
      data: PROPERTIES[family],
    },
  })),
  idempotency: { kind: "body", field: "id" },
  limits: { bodyBytesMax: 32_000, ratePerSecond: 100, maxAgeSeconds: 72 * 3_600 },
};
