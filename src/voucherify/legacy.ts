// A v2018-08-01 body as a v2024-01-01 envelope. Nothing is invented: what the old body does not say is null, and
// `unknown` lists it. Voucherify's guide to the change: https://support.voucherify.io/article/68 (read 2026-11-22)

import * as v from "valibot";
import { canonicalType, findEvent } from "./catalogue.ts";
import { isJsonObject, type JsonObject } from "./read-json.ts";

/** What kind of v2018-08-01 body it was. */
export type LegacyShape = "project event" | "campaign notification A" | "campaign notification B";

/** A v2018-08-01 body, upgraded. */
export interface Upgraded {
  shape: LegacyShape;
  /** In the shape of v2024-01-01, with null where the old body is silent. */
  envelope: JsonObject & { data: JsonObject };
  /** The type to route on. */
  type: string;
  /** The notification's free text, when it is one. */
  label: string | null;
  eventRef: string;
  sendoutRef: string | null;
  projectId: string | null;
  createdAt: string;
  groupId: string | null;
  /** Paths of the envelope that the old body has nothing to say about. */
  unknown: string[];
}

/** The one part of a v2018-08-01 body that is reliable. */
export const LegacySchema = v.looseObject({
  id: v.pipe(v.string(), v.nonEmpty("must not be empty")),
  object: v.literal("event"),
  created_at: v.string(),
  type: v.pipe(v.string(), v.nonEmpty("must not be empty")),
  data: v.looseObject({ object: v.custom<JsonObject>(isJsonObject, "must be an object") }),
});

/** Whether a body is of payload version v2018-08-01. */
export function isLegacy(body: JsonObject): boolean {
  const { object, data } = body;
  return object === "event" && isJsonObject(data) && Object.hasOwn(data, "object");
}

/** Upgrades a body that `LegacySchema` has accepted. */
export function upgradeLegacy(body: JsonObject & v.InferOutput<typeof LegacySchema>): Upgraded {
  const related = body.data["related_object"];
  // A balance in this place has a type too, of its card; only an event has data.
  const tellsOfEvent = isJsonObject(related) && (isJsonObject(related["data"]) || isJsonObject(related["data_json"]));
  if (tellsOfEvent && typeof related["type"] === "string" && related["type"] !== "") {
    return upgradeNotification(body, related, related["type"]);
  }
  const type = canonicalType(body.type);
  const entity = body.data.object;
  return assemble(body, {
    shape: "project event",
    type,
    label: null,
    eventRef: body.id,
    createdAt: body.created_at,
    entityId: textOf(entity["id"]),
    groupId: null,
    channel: channelOf(body["metadata"]),
    data: { ...wrapEntity(type, entity), ...balanceOf(body.data) },
  });
}

/**
 * A campaign's notification: the event behind it stands in `data.related_object`, in the shape of v2024-01-01 (A) or as
 * the database had it (B); `data.object` holds the things it is about.
 */
function upgradeNotification(
  body: v.InferOutput<typeof LegacySchema> & JsonObject,
  related: JsonObject,
  relatedType: string,
): Upgraded {
  const inner = related["data_json"];
  const common = {
    type: canonicalType(relatedType),
    label: body.type,
    eventRef: textOf(related["id"]) ?? body.id,
    createdAt: textOf(related["created_at"]) ?? body.created_at,
    groupId: textOf(related["group_id"]),
    entityId: null,
  };
  if (!isJsonObject(inner)) {
    const data = isJsonObject(related["data"]) ? { ...body.data.object, ...related["data"] } : { ...body.data.object };
    return assemble(body, { ...common, shape: "campaign notification A", channel: channelOf(body["metadata"]), data });
  }
  const { object, previous_attributes: _, related_object, ...rest } = inner;
  const data = {
    ...(isJsonObject(object) ? { customer: object } : {}),
    ...balanceOf({ related_object }),
    ...rest,
    ...body.data.object,
  };
  return assemble(body, {
    ...common,
    shape: "campaign notification B",
    channel: channelOf(related["metadata_json"]) ?? channelOf(body["metadata"]),
    data,
  });
}

interface Parts extends Pick<Upgraded, "shape" | "type" | "label" | "eventRef" | "createdAt" | "groupId"> {
  entityId: string | null;
  channel: string | null;
  data: JsonObject;
}

function assemble(body: JsonObject, parts: Parts): Upgraded {
  const { shape, type, label, eventRef, createdAt, groupId, entityId, channel, data } = parts;
  const sendoutRef = textOf(body["webhook_id"]);
  const projectId = textOf(body["project_id"]);
  const said = { id: sendoutRef, project_id: projectId, "event.entity_id": entityId, "event.group_id": groupId };
  const silent = Object.entries({ ...said, "event.event_source.channel": channel });
  return {
    shape,
    type,
    label,
    eventRef,
    sendoutRef,
    projectId,
    createdAt,
    groupId,
    unknown: ["source.id", "source.object", ...silent.flatMap(([path, value]) => (value === null ? [path] : []))],
    envelope: {
      id: sendoutRef,
      project_id: projectId,
      created_at: createdAt,
      type: label ?? type,
      data,
      source: { id: null, object: null },
      event: {
        id: eventRef,
        type,
        created_at: createdAt,
        entity_id: entityId,
        group_id: groupId,
        event_source: { channel },
      },
    },
  };
}

/** Things inside the changed entity that v2024-01-01 puts beside it. */
const LIFTED = [
  "voucher",
  "customer",
  "order",
  "campaign",
  "promotion_tier",
  "promotion_stack",
  "holder",
  "publication",
];

/** The balance that changed, where the old body has one. */
function balanceOf({ balance, related_object: related }: JsonObject): JsonObject {
  if (isJsonObject(balance)) return { balance };
  return isJsonObject(related) && related["object"] === "balance" ? { balance: related } : {};
}

/** The old body's one entity as the keys of `data` that v2024-01-01 has for this type. */
function wrapEntity(type: string, entity: JsonObject): JsonObject {
  const key = entityKey(type, entity);
  const data: JsonObject = { [key]: entity };
  // A campaign's "voucher" is only the kind of vouchers it makes.
  for (const name of key === "campaign" ? [] : LIFTED) {
    if (name !== key && Object.hasOwn(entity, name) && isJsonObject(entity[name])) data[name] = entity[name];
  }
  // A rollback names the redemption it takes back by id; that id is all the old body has of it.
  const parent = key === "redemption_rollback" ? textOf(entity["redemption"]) : null;
  if (parent !== null) data["redemption"] = { id: parent, object: "redemption" };
  return data;
}

function entityKey(type: string, entity: JsonObject): string {
  if (type.startsWith("redemption.rollback.")) return "redemption_rollback";
  if (type.startsWith("business_validation_rule.assignment.")) return "assignment";
  return findEvent(type)?.entity ?? textOf(entity["object"]) ?? type.split(".", 1)[0] ?? "object";
}

function channelOf(metadata: unknown): string | null {
  return isJsonObject(metadata) ? textOf(metadata["source"]) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
