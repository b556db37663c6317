// Intercom: a data event of a contact.

import { EVENT, eachFamily, PROPERTIES, type Family } from "./families.ts";
import { ID_OR_EMAIL } from "./identities.ts";
import { withoutNulls } from "./property-values.ts";
import type { Recipe } from "./recipe.ts";

/** Most metadata of an event, in keys. */
const METADATA_KEYS_MAX = 10;

/** Intercom's data events. */
export const intercom: Recipe = {
  id: "intercom",
  title: "Intercom: submit event",
  summary: "Records the event on the user whose user_id is the customer's source_id, or who has the email.",
  documentation: {
    url: "https://developers.intercom.com/docs/references/rest-api/api.intercom.io/data-events/createdataevent",
    readOn: "2026-11-22",
  },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    idempotency: "read",
    limits: "read",
    size: "memory",
  },
  notes: [
    "Intercom knows a repeat by user, name and second, and answers 202 all the same. Two redemptions of one customer in the same second count as one, which is what a stack of codes makes.",
    "A user that Intercom does not know is 404 and not tried again: make users first.",
    `An event has ${METADATA_KEYS_MAX} values at most, none of them nested: redemptions go without the sendout's id.`,
  ],
  settings: {
    region: {
      kind: "choice",
      meaning: "Where the workspace's data is",
      choices: { US: "api.intercom.io", EU: "api.eu.intercom.io", AU: "api.au.intercom.io" },
      default: "US",
    },
  },
  secrets: { token: "The access token of an app that may write events" },
  authentication: { type: "bearer", secret: "token" },
  requests: eachFamily((family) => ({
    url: "https://<<region>>/events",
    headers: { "intercom-version": "2.14" },
    body: {
      event_name: EVENT.name,
      created_at: EVENT.unix,
      user_id: ID_OR_EMAIL.id,
      email: ID_OR_EMAIL.email,
      metadata: withoutNulls(metadataOf(family)),
    },
  })),
  idempotency: { kind: "upsert", field: "user, event_name and created_at" },
  limits: { bodyBytesMax: 1_000_000 },
};

/** As many of the properties as Intercom takes; the sendout's id is the last of them. */
function metadataOf(family: Family): Record<string, string> {
  return Object.fromEntries(Object.entries(PROPERTIES[family]).slice(0, METADATA_KEYS_MAX));
}
