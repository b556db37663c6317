// Braze: an event in a user's timeline, by /users/track.

import { CUSTOMER, EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { withoutNulls } from "./property-values.ts";
import type { Recipe } from "./recipe.ts";

/** Braze's `/users/track`. */
export const braze: Recipe = {
  id: "braze",
  title: "Braze: track users",
  summary: "Records the event on the user with the customer's source_id as external_id.",
  documentation: { url: "https://www.braze.com/docs/api/endpoints/user_data/post_user_track", readOn: "2026-11-22" },
  evidence: {
    url: "read",
    hosts: "secondary",
    authentication: "read",
    body: "read",
    success: "read",
    limits: "read",
    size: "secondary",
  },
  notes: [
    "A repeat is a second event: Braze takes no key.",
    "A key belongs to one instance; another host answers 401.",
    "Braze can answer success and name the event under errors; that counts as failed, because it is the only one of its request.",
    "An id that Braze does not know becomes a user.",
    "Plans that are priced by users have an hourly limit below the rate given here.",
  ],
  settings: {
    instance: {
      kind: "choice",
      meaning: "The instance your dashboard is on",
      choices: {
        "US-01": "rest.iad-01.braze.com",
        "US-02": "rest.iad-02.braze.com",
        "US-03": "rest.iad-03.braze.com",
        "US-04": "rest.iad-04.braze.com",
        "US-05": "rest.iad-05.braze.com",
        "US-06": "rest.iad-06.braze.com",
        "US-07": "rest.iad-07.braze.com",
        "US-08": "rest.iad-08.braze.com",
        "US-09": "rest.us-09.braze.com",
        "US-10": "rest.us-10.braze.com",
        "EU-01": "rest.fra-01.braze.eu",
        "EU-02": "rest.fra-02.braze.eu",
        "AU-01": "rest.au-01.braze.com",
        "ID-01": "rest.id-01.braze.com",
        "JP-01": "rest.jp-01.braze.com",
        "KR-01": "rest.kr-01.braze.com",
      },
    },
  },
  secrets: { api_key: "A REST API key with the permission users.track" },
  authentication: { type: "bearer", secret: "api_key" },
  requests: eachFamily((family) => ({
    url: "https://<<instance>>/users/track",
    body: {
      events: [
        {
          external_id: CUSTOMER.requiredId,
          name: EVENT.name,
          time: EVENT.time,
          properties: withoutNulls(PROPERTIES[family]),
        },
      ],
    },
  })),
  success: [
    { path: "body.message", op: "eq", value: "success" },
    { path: "body.errors.0", op: "exists", value: false },
  ],
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 4_000_000, ratePerSecond: 1_000 },
};
