// A v2018-08-01 body as a v2024-01-01 envelope. Nothing is invented: what the old body does not say is null, and
// `unknown` lists it. Voucherify's guide to the change: https://docs.voucherify.io/reference/migration-guide (read
// 2026-11-24)

import * as v from "valibot";
import { canonicalType, findEvent } from "./catalogue.ts";
import { Conversion, type FieldChange } from "./conversion.ts";
import type { JsonPath } from "./json-path.ts";
import { isJsonObject, textOf, type JsonObject } from "./read-json.ts";

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
  createdAt: string | null;
  groupId: string | null;
  /** Paths of the envelope that the old body has nothing to say about. */
  unknown: string[];
  /** What became of every field of the old body. */
  report: () => FieldChange[];
}

/** The one part of a v2018-08-01 body that is reliable. */
export const LegacySchema = v.looseObject({
  id: v.pipe(v.string(), v.nonEmpty("must not be empty")),
  object: v.literal("event"),
  created_at: v.string(),
  type: v.pipe(v.string(), v.nonEmpty("must not be empty")),
  data: v.looseObject({ object: v.custom<JsonObject>(isJsonObject, "must be an object") }),
});

/** A body that `LegacySchema` has accepted. */
export type LegacyBody = JsonObject & v.InferOutput<typeof LegacySchema>;

/** Whether a body is of payload version v2018-08-01. */
export function isLegacy(body: JsonObject): boolean {
  const { object, data } = body;
  return object === "event" && isJsonObject(data) && Object.hasOwn(data, "object");
}

/** Upgrades a body that `LegacySchema` has accepted. */
export function upgradeLegacy(body: LegacyBody): Upgraded {
  const notified = notifiedType(body);
  return notified === undefined ? upgradeProjectEvent(body) : upgradeNotification(body, notified);
}

/** The type of the event that a campaign's notification is about; undefined when the body is no notification. */
function notifiedType({ data: { related_object: related } }: LegacyBody): string | undefined {
  // A balance in this place has a type too, of its card; only an event has data.
  const tellsOfEvent =
    isJsonObject(related) &&
    related["object"] !== "balance" &&
    (isJsonObject(related["data"]) || isJsonObject(related["data_json"]));
  return (tellsOfEvent && textOf(related["type"])) || undefined;
}

/** The changed entity stands alone; v2024-01-01 has the things inside it beside it as well. */
function upgradeProjectEvent(body: LegacyBody): Upgraded {
  const conversion = new Conversion(body);
  const type = canonicalType(body.type);
  const entity = ["data", "object"];
  const key = entityKey(type, body.data.object);
  conversion.move(entity, ["data", key]);
  for (const name of liftedFrom(key)) {
    if (name !== key && isJsonObject(body.data.object[name])) conversion.move([...entity, name], ["data", name]);
  }
  if (key === "redemption_rollback") moveParentRedemption(conversion);
  moveBalance(conversion, ["data"]);
  return assemble(conversion, {
    shape: "project event",
    type,
    event: { id: [["id"]], createdAt: [["created_at"]], entityId: [["data", "object", "id"]], groupId: [] },
    channel: [["metadata", "source"]],
    label: null,
  });
}

/** A rollback names the redemption it takes back by id; that id is all the old body has of it. */
function moveParentRedemption(conversion: Conversion): void {
  const parent = ["data", "object", "redemption"];
  if (textOf(conversion.read(parent)) === null) return;
  conversion.move(parent, ["data", "redemption", "id"]);
  conversion.constant(["data", "redemption", "object"], "redemption");
}

/**
 * A campaign's notification: the event behind it stands in `data.related_object`, in the shape of v2024-01-01 (A) or as
 * the database had it (B); `data.object` holds the things it is about.
 */
function upgradeNotification(body: LegacyBody, relatedType: string): Upgraded {
  const conversion = new Conversion(body);
  conversion.constant(["data"], {});
  const related = ["data", "related_object"];
  const rawEvent = isJsonObject(conversion.read([...related, "data_json"]));
  if (rawEvent) moveRawEvent(conversion, [...related, "data_json"]);
  else {
    moveAll(conversion, [...related, "data"]);
    moveAll(conversion, ["data", "object"]);
  }
  return assemble(conversion, {
    shape: rawEvent ? "campaign notification B" : "campaign notification A",
    type: canonicalType(relatedType),
    typeAt: [...related, "type"],
    event: {
      id: [[...related, "id"], ["id"]],
      createdAt: [[...related, "created_at"], ["created_at"]],
      entityId: [],
      groupId: [[...related, "group_id"]],
    },
    channel: [
      ["data", "related_object", "metadata_json", "source"],
      ["metadata", "source"],
    ],
    label: body.type,
  });
}

/** Flavour B: the notification's own things are of the moment it was sent, those of the event a little older. */
function moveRawEvent(conversion: Conversion, event: JsonPath): void {
  moveAll(conversion, ["data", "object"]);
  const own = conversion.read(event);
  for (const name of isJsonObject(own) ? Object.keys(own) : []) {
    if (name === "object") {
      if (isJsonObject(conversion.read([...event, name]))) conversion.move([...event, name], ["data", "customer"]);
    } else if (name !== "previous_attributes" && name !== "related_object") {
      conversion.move([...event, name], ["data", name]);
    }
  }
  moveBalance(conversion, event);
}

function moveAll(conversion: Conversion, from: JsonPath): void {
  const bag = conversion.read(from);
  for (const name of isJsonObject(bag) ? Object.keys(bag) : []) conversion.move([...from, name], ["data", name]);
}

/** The balance that changed, where the old body has one. */
function moveBalance(conversion: Conversion, around: JsonPath): void {
  const [own, related] = [
    [...around, "balance"],
    [...around, "related_object"],
  ];
  if (isJsonObject(conversion.read(own))) conversion.move(own, ["data", "balance"]);
  if (conversion.read([...related, "object"]) === "balance") conversion.move(related, ["data", "balance"]);
}

interface Parts extends Pick<Upgraded, "shape" | "type" | "label"> {
  /** Where the type stands; `type` when left out. */
  typeAt?: JsonPath;
  /** Where each may stand, the best place first. */
  event: { id: JsonPath[]; createdAt: JsonPath[]; entityId: JsonPath[]; groupId: JsonPath[] };
  channel: JsonPath[];
}

/** Everything around the data, which has been moved before. */
function assemble(conversion: Conversion, { shape, type, typeAt = ["type"], label, event, channel }: Parts): Upgraded {
  for (const name of ["id", "object"]) conversion.silence(["source", name]);
  const sendoutRef = moveFirstText(conversion, [["webhook_id"]], ["id"]);
  const projectId = moveFirstText(conversion, [["project_id"]], ["project_id"]);
  moveFirstText(conversion, event.createdAt, ["created_at"]);
  conversion.move(["type"], ["type"]);
  const eventRef = moveFirstText(conversion, event.id, ["event", "id"]) ?? "";
  // The name of today where the body has an alias.
  if (conversion.read(typeAt) === type) conversion.move(typeAt, ["event", "type"]);
  conversion.constant(["event", "type"], type);
  const createdAt = moveFirstText(conversion, event.createdAt, ["event", "created_at"]);
  moveFirstText(conversion, event.entityId, ["event", "entity_id"]);
  const groupId = moveFirstText(conversion, event.groupId, ["event", "group_id"]);
  moveFirstText(conversion, channel, ["event", "event_source", "channel"]);
  const { id, project_id, created_at, type: name, data, source, event: inner } = conversion.body;
  return {
    shape,
    type,
    label,
    eventRef,
    sendoutRef,
    projectId,
    createdAt,
    groupId,
    unknown: conversion.unknown,
    report: () => conversion.report(),
    // `data` was made here, as an object; the keys are in the order that Voucherify has them.
    envelope: { id, project_id, created_at, type: name, data: data as JsonObject, source, event: inner },
  };
}

/** Moves the first text that says something, and returns it; null takes its place when there is none. */
function moveFirstText(conversion: Conversion, places: readonly JsonPath[], to: JsonPath): string | null {
  for (const from of places) conversion.moveText(from, to);
  conversion.silence(to);
  const found = places.map((from) => textOf(conversion.read(from))).find((text) => text !== null);
  return found ?? null;
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

/** The things that stand inside an entity in v2018-08-01 and beside it in v2024-01-01. */
export function liftedFrom(entity: string): readonly string[] {
  // A campaign's "voucher" is only the kind of vouchers it makes.
  return entity === "campaign" ? [] : LIFTED;
}

/** The key under which v2024-01-01 has the changed entity of an event type. */
export function entityKey(type: string, entity: JsonObject): string {
  if (type.startsWith("redemption.rollback.")) return "redemption_rollback";
  if (type.startsWith("business_validation_rule.assignment.")) return "assignment";
  return findEvent(type)?.entity ?? textOf(entity["object"]) ?? type.split(".", 1)[0] ?? "object";
}
