// The v2024-01-01 envelope around the data of an event, as Voucherify puts it.
// https://docs.voucherify.io/api-reference/introduction-to-webhooks (read 2026-11-22)

import { findEvent } from "../../src/voucherify/catalogue.ts";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { isJsonObject, type JsonObject } from "../../src/voucherify/read-json.ts";
import { createId } from "./ids.ts";
import type { Source } from "./registry.ts";

/** An event that happened in the project. */
export interface EventToSend {
  /** Its type, `redemption.succeeded`. A type of one's own needs `data`. */
  event: string;
  /** By default our own example of the type, with ids of its own. */
  data?: JsonObject;
}

/**
 * What a source sends about an event: a new `whs_` id, and one time for both the sendout and the event, as in every
 * body that Voucherify publishes. Undefined when there is no data, and no example of the type either.
 *
 * @param now in milliseconds since 1970
 */
export function createEnvelope(
  { event: type, data: given }: EventToSend,
  source: Source,
  projectId: string,
  now: number,
): JsonObject | undefined {
  const data = given ?? exampleData(type, source, now);
  if (data === undefined) return undefined;
  const at = new Date(now).toISOString();
  const { eventIdPrefix = "evcus_", entity = "" } = findEvent(type) ?? {};
  const about = data[entity];
  const entityId = isJsonObject(about) ? about["id"] : undefined;
  return {
    id: createId("whs_"),
    project_id: projectId,
    created_at: at,
    type: source.object === "webhook" ? type : source.label,
    data,
    source: { id: source.id, object: source.object, target_url: source.targetUrl },
    event: {
      id: createId(eventIdPrefix),
      type,
      created_at: at,
      ...(typeof entityId === "string" && { entity_id: entityId }),
      group_id: createId("v-"),
      event_source: { channel: "API", api_key: { name: "Till", app_id: "till-7" } },
    },
  };
}

function exampleData(type: string, { object }: Source, now: number): JsonObject | undefined {
  const data = exampleSendout(type, { source: object, now: new Date(now), ids: createId })?.["data"];
  return isJsonObject(data) ? data : undefined;
}
