// Bodies of both versions, understood: our own examples, and ones made by hand.

import {
  exampleCampaignNotification,
  exampleSendout,
  type CampaignNotificationKind,
} from "../../../../src/voucherify/examples.ts";
import { normalise, type NormalisedEvent } from "../../../../src/voucherify/normalise.ts";
import type { JsonObject } from "../../../../src/voucherify/read-json.ts";
import { bytes } from "../../bytes.ts";

/** The event that a body becomes; throws when it becomes none. */
export function understand(body: unknown): NormalisedEvent {
  const normalised = normalise(bytes(JSON.stringify(body)));
  if (!normalised.ok) throw new Error(`${normalised.reason}: ${normalised.detail}`);
  return normalised.value;
}

/** Our example of a type in v2018-08-01; throws when that version has no such type. */
export function oldExample(type: string): JsonObject {
  return exampleOf(type, { version: "v2018-08-01" });
}

/** Our example of a type in v2024-01-01. */
export function currentExample(type: string, source: "webhook" | "distribution" = "webhook"): JsonObject {
  return exampleOf(type, { source });
}

/** Our example of a campaign's notification, and the type of its event. */
export function notification(kind: CampaignNotificationKind): { body: JsonObject; type: string } {
  const body = exampleCampaignNotification(kind);
  return { body, type: understand(body).type };
}

/** A v2018-08-01 project event about one thing. */
export function projectEvent(type: string, object: JsonObject, parts: JsonObject = {}): JsonObject {
  return {
    id: "event_5a11ce0ffee0000004",
    object: "event",
    webhook_id: "whs_5a11ce0ffee0000005",
    project_id: "proj_lantern",
    created_at: "2026-10-05T08:15:30.250Z",
    type,
    data: { object, previous_attributes: {} },
    metadata: {},
    ...parts,
  };
}

function exampleOf(type: string, options: Parameters<typeof exampleSendout>[1]): JsonObject {
  const body = exampleSendout(type, options);
  if (body === undefined) throw new Error(`there is no such example of ${type}`);
  return body;
}
