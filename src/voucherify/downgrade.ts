// A v2024-01-01 envelope as the v2018-08-01 body that an old consumer knows: a project webhook as a project event, a
// distribution as a campaign's notification. Total: types that v2018-08-01 never had come in its shape too.

import { Conversion, type Converted } from "./conversion.ts";
import type { JsonPath } from "./json-path.ts";
import { entityKey, liftedFrom } from "./legacy.ts";
import { isJsonObject, type JsonObject } from "./read-json.ts";

/** An envelope of v2024-01-01, as `normalise` makes it. */
type Envelope = JsonObject & { data: JsonObject };

/** Notifications that have the event behind them as the database had it (B) rather than in today's shape (A). */
const RAW_EVENT_TYPES = new Set(["customer.rewarded.loyalty_points", "customer.referred"]);

/** Converts an envelope of v2024-01-01, canonical type given, to a body of v2018-08-01. */
export function downgrade(envelope: Envelope, type: string, sourceKind: string | null): Converted {
  const conversion = new Conversion(envelope);
  if (sourceKind === "webhook") writeProjectEvent(conversion, envelope.data, type);
  else writeNotification(conversion, envelope.data, type);
  return { body: conversion.body, report: conversion.report() };
}

/** What stands around the data of every body. `typeAt`: the type of the event, or what a marketer called it. */
function writeFrame(conversion: Conversion, typeAt: JsonPath): void {
  moveOrSilence(conversion, [["event", "id"]], ["id"]);
  conversion.constant(["object"], "event");
  moveOrSilence(conversion, [["id"]], ["webhook_id"]);
  moveOrSilence(conversion, [["project_id"]], ["project_id"]);
  moveOrSilence(conversion, [["created_at"], ["event", "created_at"]], ["created_at"]);
  moveOrSilence(conversion, [typeAt, ["event", "type"], ["type"]], ["type"]);
}

/** The first text of several places that says something; null where none does. */
function moveOrSilence(conversion: Conversion, places: readonly JsonPath[], to: JsonPath): void {
  for (const from of places) conversion.moveText(from, to);
  conversion.silence(to);
}

function writeProjectEvent(conversion: Conversion, data: JsonObject, type: string): void {
  writeFrame(conversion, ["event", "type"]);
  const key = entityOf(type, data);
  const entity = ["data", "object"];
  if (isJsonObject(data[key])) conversion.move(["data", key], entity);
  conversion.constant(entity, {});
  // Where it is the id of something else, the body has no place for it.
  if (conversion.read(["data", key, "id"]) !== undefined)
    conversion.moveText(["event", "entity_id"], [...entity, "id"]);
  for (const name of liftedFrom(key)) {
    if (name !== key && isJsonObject(data[name])) conversion.move(["data", name], [...entity, name]);
  }
  if (key === "redemption_rollback") conversion.move(["data", "redemption", "id"], [...entity, "redemption"]);
  conversion.silence(["data", "previous_attributes"], {});
  if (isJsonObject(data["balance"])) {
    for (const name of ["related_object", "balance"]) conversion.move(["data", "balance"], ["data", name]);
  }
  writeChannel(conversion, ["metadata"]);
}

/** The key of the entity that changed: the catalogue's, or for a type it does not have the first that fits. */
function entityOf(type: string, data: JsonObject): string {
  const key = entityKey(type, {});
  if (Object.hasOwn(data, key)) return key;
  const parts = type.split(".");
  return parts.findLast((part) => isJsonObject(data[part])) ?? key;
}

function writeNotification(conversion: Conversion, data: JsonObject, type: string): void {
  // A distribution may have been called nothing, which v2018-08-01 never was.
  writeFrame(conversion, ["type"]);
  const rawEvent = RAW_EVENT_TYPES.has(type);
  const bag = ["voucher", "campaign", "customer", rawEvent ? "order" : "publication"];
  conversion.constant(["data", "object"], {});
  for (const name of bag) if (isJsonObject(data[name])) conversion.move(["data", name], ["data", "object", name]);
  if (rawEvent) conversion.constant(["data", "object", "order"], {});
  conversion.silence(["data", "previous_attributes"], {});
  const related = ["data", "related_object"];
  for (const name of ["id", "type", "created_at"]) moveOrSilence(conversion, [["event", name]], [...related, name]);
  if (rawEvent) writeRawEvent(conversion, data, related, bag);
  else {
    conversion.constant([...related, "data"], {});
    for (const name of Object.keys(data)) {
      // Voucherify's own have the code of a publication beside the event, not in it.
      const apart = name === "voucher" && isJsonObject(data["voucher"]) && isJsonObject(data["publication"]);
      if (!apart) conversion.move(["data", name], [...related, "data", name]);
    }
    writeChannel(conversion, ["metadata"]);
  }
}

/** Flavour B: the event's own data under the names the database had. */
function writeRawEvent(conversion: Conversion, data: JsonObject, related: JsonPath, bag: readonly string[]): void {
  const inner = [...related, "data_json"];
  if (isJsonObject(data["customer"])) conversion.move(["data", "customer"], [...inner, "object"]);
  conversion.silence([...inner, "previous_attributes"], {});
  if (isJsonObject(data["balance"])) conversion.move(["data", "balance"], [...inner, "related_object"]);
  for (const name of Object.keys(data)) {
    if (!bag.includes(name) || !isJsonObject(data[name])) conversion.move(["data", name], [...inner, name]);
  }
  writeChannel(conversion, [...related, "metadata_json"]);
  conversion.silence([...related, "automation_id"]);
  moveOrSilence(conversion, [["event", "group_id"]], [...related, "group_id"]);
  conversion.constant(["metadata"], {});
}

function writeChannel(conversion: Conversion, metadata: JsonPath): void {
  conversion.moveText(["event", "event_source", "channel"], [...metadata, "source"]);
  conversion.constant(metadata, {});
}
