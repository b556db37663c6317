// Voucherify's guide to the change of version, computed for our own examples, and the rules by which lines are put
// together. https://docs.voucherify.io/reference/migration-guide (read 2026-11-24)

import { describe, expect, it } from "vitest";
import { FieldMigration } from "../../../../src/voucherify/migration/fields.ts";
import type { JsonObject } from "../../../../src/voucherify/read-json.ts";
import { currentExample, notification, oldExample, projectEvent, understand } from "./bodies.ts";

function changesOf(old: unknown, current?: unknown): string[] {
  const pair = { old: understand(old), current: current === undefined ? undefined : understand(current) };
  return new FieldMigration(pair).changes().map(({ change, from, to }) => `${change}: ${from} -> ${to}`);
}

/** What the guide says of the frame of every body. */
const GUIDE = [
  "moved: id -> event.id", // its purpose changes: the event's id, while `id` becomes the sendout's
  "dropped: object -> null",
  "renamed: webhook_id -> id",
  "kept: project_id -> project_id",
  "kept: created_at -> created_at",
  "kept: type -> type",
];

/** Parts of a customer that only v2018-08-01 sends with a notification. */
const CUSTOMER_PARTS = [
  "description",
  "phone",
  "birthdate",
  "address",
  "summary",
  "loyalty",
  "referrals",
  "system_metadata",
  "created_at",
  "updated_at",
];

function droppedBelow(place: string): string[] {
  return CUSTOMER_PARTS.map((name) => `dropped: ${place}.${name} -> null`);
}

describe("Voucherify's guide", () => {
  it("is reproduced for a project event, redemption.succeeded", () => {
    expect(changesOf(oldExample("redemption.succeeded"))).toEqual([
      ...GUIDE,
      "moved: data.object.id -> data.redemption.id",
      "moved: data.object.customer_id -> data.redemption.customer_id",
      "moved: data.object.tracking_id -> data.redemption.tracking_id",
      "moved: data.object.date -> data.redemption.date",
      "moved: data.object.result -> data.redemption.result",
      "moved: data.object.status -> data.redemption.status",
      "moved: data.object.customer -> data.customer",
      "moved: data.object.order -> data.order",
      "moved: data.object.voucher -> data.voucher",
      "moved: data.object.channel -> data.redemption.channel",
      "moved: data.object.metadata -> data.redemption.metadata",
      "moved: data.object.object -> data.redemption.object",
      "dropped: data.previous_attributes -> null",
      "moved: metadata.source -> event.event_source.channel",
      "unknown: null -> source.id",
      "unknown: null -> source.object",
      "unknown: null -> event.group_id",
      "unknown: null -> data.campaign",
      "unknown: null -> data.holder",
      "unknown: null -> data.promotion_tier",
      "unknown: null -> data.promotion_stack",
      "unknown: null -> source.target_url",
    ]);
  });

  it("is reproduced for a notification that wraps the event's data (A)", () => {
    expect(changesOf(notification("loyalty_card_assigned").body)).toEqual([
      ...GUIDE,
      "moved: data.object -> data",
      ...droppedBelow("data.object.customer"),
      "dropped: data.previous_attributes -> null",
      "moved: data.related_object.id -> event.id",
      "moved: data.related_object.type -> event.type",
      "moved: data.related_object.created_at -> created_at",
      "moved: data.related_object.data -> data",
      "dropped: metadata -> null",
      "unknown: null -> source.id",
      "unknown: null -> source.object",
      "unknown: null -> event.entity_id",
      "unknown: null -> event.group_id",
      "unknown: null -> event.event_source.channel",
      "unknown: null -> source.target_url",
    ]);
  });

  it("is reproduced for a notification that has the event as the database had it (B)", () => {
    const json = "data.related_object.data_json";
    expect(changesOf(notification("points_earned").body)).toEqual([
      ...GUIDE,
      "moved: data.object -> data",
      ...droppedBelow("data.object.customer"),
      "dropped: data.previous_attributes -> null",
      "moved: data.related_object.id -> event.id",
      "moved: data.related_object.type -> event.type",
      "moved: data.related_object.created_at -> created_at",
      `moved: ${json}.object -> data.customer`,
      ...droppedBelow(`${json}.object`),
      `dropped: ${json}.previous_attributes -> null`,
      `moved: ${json}.related_object -> data.balance`,
      `moved: ${json}.balance -> data.balance`,
      "moved: data.related_object.metadata_json.source -> event.event_source.channel",
      "dropped: data.related_object.automation_id -> null",
      "moved: data.related_object.group_id -> event.group_id",
      "dropped: metadata -> null",
      "unknown: null -> source.id",
      "unknown: null -> source.object",
      "unknown: null -> event.entity_id",
      "unknown: null -> data.holder",
      "unknown: null -> data.loyalty_tier",
      "unknown: null -> data.earning_rule",
      "unknown: null -> data.event",
      "unknown: null -> data.publication",
      "unknown: null -> source.target_url",
    ]);
  });

  it("says of a body of 2017, which names neither webhook nor project, that both are new", () => {
    const { webhook_id: _webhook, project_id: _project, ...old } = projectEvent("voucher.enabled", { code: "A" });
    const changes = changesOf(old);
    expect(changes).toEqual(expect.arrayContaining(["unknown: null -> id", "unknown: null -> project_id"]));
    expect(changes.filter((line) => line.includes("webhook_id"))).toEqual([]);
  });
});

describe("a line", () => {
  const voucher = { code: "AUTUMN-15", active: true, object: "voucher" };

  /** The lines about an old voucher. */
  function linesOf(object: JsonObject): string[] {
    return changesOf(projectEvent("voucher.enabled", object)).filter((line) => line.includes("data.object"));
  }

  it("speaks for an object that goes as a whole", () => {
    expect(linesOf(voucher)).toEqual(["renamed: data.object -> data.voucher"]);
  });

  it("is added for each part that does not go with it", () => {
    expect(linesOf({ ...voucher, shelf: "B4", wick: { length: 4 } })).toEqual([
      "renamed: data.object -> data.voucher",
      "dropped: data.object.shelf -> null",
      "dropped: data.object.wick -> null",
    ]);
  });

  it("is given to each part where they go different ways", () => {
    expect(linesOf({ ...voucher, campaign: { id: "camp_1", name: "Autumn" } })).toEqual([
      "moved: data.object.code -> data.voucher.code",
      "moved: data.object.active -> data.voucher.active",
      "moved: data.object.object -> data.voucher.object",
      "moved: data.object.campaign -> data.campaign",
    ]);
  });

  it("speaks for an object of which nothing is left, however much was in it", () => {
    const wick = { length: 4, kinds: { flat: { width: 1 } } };
    const data = { object: voucher, related_object: { object: "wick", wick } };
    expect(changesOf(projectEvent("voucher.enabled", voucher, { data }))).toContain(
      "dropped: data.related_object -> null",
    );
  });

  it("ends at lists and empty objects", () => {
    expect(linesOf({ ...voucher, metadata: {}, categories: [{ name: "Lamps" }], wicks: [{ length: 4 }] })).toEqual([
      "renamed: data.object -> data.voucher",
      "dropped: data.object.wicks -> null",
    ]);
  });
});

describe("a field that v2024-01-01 sends", () => {
  const old = projectEvent("voucher.enabled", { code: "AUTUMN-15", shelf: "B4" });

  it("may be in no schema, when a current sendout has it", () => {
    expect(changesOf(old)).toContain("dropped: data.object.shelf -> null");
    const current = currentExample("voucher.enabled");
    const seen = { ...current, data: { ...Object(current["data"]), voucher: { code: "X", shelf: null } } };
    expect(changesOf(old, current)).toContain("dropped: data.object.shelf -> null");
    expect(changesOf(old, seen)).toContain("renamed: data.object -> data.voucher");
    expect(changesOf(old, seen)).not.toContain("dropped: data.object.shelf -> null");
  });

  it("may be anything of a type that nobody documents", () => {
    const lines = changesOf(projectEvent("campaign.referral_tier.created", { object: "campaign", shelf: "B4" }));
    expect(lines.filter((line) => line.startsWith("dropped"))).toEqual([
      "dropped: object -> null",
      "dropped: data.previous_attributes -> null",
      "dropped: metadata -> null",
    ]);
  });
});

describe("a place", () => {
  const fields = new FieldMigration({ old: understand(oldExample("redemption.succeeded")) });

  it("is the most telling of several", () => {
    expect(fields.placesOf(["data", "object", "voucher", "code"])).toEqual([
      ["data", "voucher", "code"],
      ["data", "redemption", "voucher", "code"],
    ]);
    expect(fields.placesOf(["data", "object", "id"])).toEqual([
      ["data", "redemption", "id"],
      ["event", "entity_id"],
    ]);
    expect(fields.placesOf(["id"])[0]).toEqual(["event", "id"]);
  });

  it("is known of fields that the body at hand lacks", () => {
    expect(fields.placesOf(["data", "object", "voucher", "gift", "amount"])[0]).toEqual([
      "data",
      "voucher",
      "gift",
      "amount",
    ]);
    const frameless = projectEvent("voucher.enabled", {});
    delete frameless["webhook_id"];
    expect(new FieldMigration({ old: understand(frameless) }).placesOf(["webhook_id"])).toEqual([["id"]]);
  });

  it("is none for what nothing takes the place of", () => {
    expect(fields.placesOf(["object"])).toEqual([]);
    expect(fields.placesOf(["data", "previous_attributes", "amount"])).toEqual([]);
    expect(fields.placesOf(["data", "object", "wick"])).toEqual([]);
  });

  it("is found by whole names, an empty one included", () => {
    const { body } = notification("loyalty_card_assigned");
    const old = JSON.parse(JSON.stringify(body).replace('"object":{"voucher"', '"object":{"":1,"voucher"'));
    const hostile = new FieldMigration({ old: understand(old) });
    expect(hostile.placesOf(["data", "object"])).toEqual([]);
    expect(hostile.placesOf(["data", "object", "voucher", "code"])[0]).toEqual(["data", "voucher", "code"]);
    expect(hostile.changes()).toContainEqual({ change: "dropped", from: "data.object.``", to: null });
  });
});
