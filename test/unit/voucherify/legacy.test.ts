// v2018-08-01: what the old body says comes through, and what it does not say stays unsaid.

import { describe, expect, it } from "vitest";
import { exampleCampaignNotification, exampleSendout } from "../../../src/voucherify/examples.ts";
import { isLegacy } from "../../../src/voucherify/legacy.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { bytes } from "../bytes.ts";
import { createEvent, nullsOf, understand } from "./bodies.ts";

describe("isLegacy", () => {
  it("goes by the body's object", () => {
    expect(isLegacy(createEvent("redemption.succeeded", {}))).toBe(true);
    expect(isLegacy(exampleCampaignNotification("points_earned"))).toBe(true);
    expect(isLegacy(exampleSendout("redemption.succeeded") ?? {})).toBe(false);
    expect(isLegacy({ code: "AUTUMN-15" })).toBe(false);
  });
});

describe("a project event", () => {
  it("of 2017, without project and sendout id, is told apart by its event and says so", () => {
    const redemption = {
      id: "r_1",
      object: "redemption",
      customer_id: "cust_mira",
      customer: { id: "cust_mira", object: "customer" },
      voucher: { code: "AUTUMN-15", object: "voucher" },
      order: { id: "ord_1", object: "order" },
      related_object_type: "voucher",
    };
    const event = understand(createEvent("redemption.succeeded", redemption, { metadata: { source: "API" } }));
    expect(event).toMatchObject({
      shape: "project event",
      sendoutRef: null,
      projectId: null,
      dedupeBy: "event id",
      stack: "redeemable",
      orderKey: "cust_mira",
      unknown: ["source.id", "source.object", "id", "project_id", "event.group_id"],
      envelope: {
        data: { redemption, voucher: redemption.voucher, customer: redemption.customer, order: redemption.order },
        event: { entity_id: "r_1", event_source: { channel: "API" } },
      },
    });
    expect(event.dedupeKey).toContain("event_5a11ce0ffee0000004");
    const other = createEvent("redemption.succeeded", redemption, { id: "event_other" });
    expect(understand(other).dedupeKey).not.toBe(event.dedupeKey);
  });

  it("of a stack, without sendout ids, is told apart from its siblings by what was redeemed", () => {
    const keys = ["r_1", "r_2"].map(
      (id) => understand(createEvent("redemption.succeeded", { id, promotion_tier: { id: `promo_${id}` } })).dedupeKey,
    );
    expect(keys[0]).not.toBe(keys[1]);
  });

  it.each([
    ["today's name of an alias", "customer.entered.segment", { id: "cust_1" }, "customer.segment.entered", "customer"],
    ["an unheard-of type by the entity's object", "lantern.lit", { object: "lamp" }, "lantern.lit", "lamp"],
    ["an unheard-of type by its own beginning", "order.paid", { id: "ord_1" }, "order.paid", "order"],
  ])("has %s", (_name, type, entity, canonical, key) => {
    expect(understand(createEvent(type, entity))).toMatchObject({
      type: canonical,
      envelope: { event: { type: canonical }, data: { [key]: entity } },
    });
  });

  it("has the redemption that a rollback takes back by its id alone", () => {
    const rollback = { id: "rr_1", object: "redemption_rollback", redemption: "r_1" };
    expect(understand(createEvent("redemption.rollback.succeeded", rollback)).envelope.data).toEqual({
      redemption_rollback: rollback,
      redemption: { id: "r_1", object: "redemption" },
    });
  });

  it("does not take the kind of vouchers a campaign makes for a voucher", () => {
    const campaign = { id: "camp_1", object: "campaign", voucher: { type: "DISCOUNT_VOUCHER" } };
    expect(understand(createEvent("campaign.created", campaign)).envelope.data).toEqual({ campaign });
  });

  it("is not taken for a notification when what it relates to has a type of its own", () => {
    const data = { object: { id: "v_1", object: "voucher" }, related_object: { type: "loyalty_card", points: 5 } };
    expect(understand(createEvent("voucher.loyalty_card.points_added", data.object, { data }))).toMatchObject({
      shape: "project event",
      type: "voucher.loyalty_card.points_added",
      label: null,
      envelope: { data: { voucher: data.object } },
    });
  });

  it("is about nobody and nothing when its entity is empty", () => {
    expect(understand(createEvent("voucher.created", {}))).toMatchObject({
      customer: null,
      orderKey: null,
      unknown: expect.arrayContaining(["event.entity_id"]),
    });
  });
});

describe("what an old body does not say", () => {
  const bodies = [
    ["an event of 2017", createEvent("redemption.succeeded", { id: "r_1" })],
    ["an event with empty texts", createEvent("voucher.created", { id: "" }, { webhook_id: "", project_id: "" })],
    ["an event with numbers for ids", createEvent("voucher.created", { id: 7 }, { webhook_id: 7, metadata: [] })],
    ["a full event", exampleSendout("voucher.published", { version: "v2018-08-01" })],
    ["a notification A", exampleCampaignNotification("loyalty_card_assigned")],
    ["a notification B", exampleCampaignNotification("points_earned")],
  ] as const;

  it.each(bodies)("is null, and listed as unknown: %s", (_name, body) => {
    const { envelope, unknown } = understand(body);
    expect(unknown.toSorted()).toEqual(nullsOf(envelope).toSorted());
    expect(new Set(unknown).size).toBe(unknown.length);
  });
});

describe("a hostile key in an old body", () => {
  it.each(["__proto__", "constructor", "prototype", "toString"])("%s stays data and pollutes nothing", (key) => {
    const evil = `{"${key}":{"polluted":true,"id":"x","holder_id":"x"}}`;
    const event = JSON.stringify(createEvent("voucher.created", "EVIL")).replace('"EVIL"', evil);
    const bag = JSON.stringify(exampleCampaignNotification("loyalty_card_assigned"))
      .replace('"object":{"voucher"', `"object":{"${key}":{"polluted":true},"voucher"`)
      .replace(/^\{/, `{"${key}":{"polluted":true,"webhook_id":"x"},`);
    const [fromEvent, fromBag] = [event, bag].map((text) => {
      const normalised = normalise(bytes(text));
      if (!normalised.ok) throw new Error(normalised.detail);
      return normalised.value;
    });
    expect(JSON.stringify(fromEvent?.envelope.data["voucher"])).toBe(evil);
    expect(fromEvent).toMatchObject({ customer: null, orderKey: null });
    expect(Object.getOwnPropertyDescriptor(fromBag?.envelope.data ?? {}, key)?.value).toEqual({ polluted: true });
    expect(fromBag).toMatchObject({ sendoutRef: null, type: "customer.publication.succeeded" });
    for (const built of [fromEvent?.envelope, fromEvent?.envelope.data, fromBag?.envelope, fromBag?.envelope.data]) {
      expect(Object.getPrototypeOf(built)).toBe(Object.prototype);
    }
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it.each(["__proto__", "constructor"])("%s as a type or an entity's object names a key like any other", (name) => {
    for (const body of [createEvent(name, { id: "x" }), createEvent("lantern.lit", { id: "x", object: name })]) {
      const { data } = understand(body).envelope;
      expect(Object.keys(data)).toEqual([name]);
      expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    }
    expect(Reflect.get({}, "id")).toBeUndefined();
  });
});

describe("an old body that is broken", () => {
  it.each([
    ["id", { id: undefined }, "id: this is missing"],
    ["id", { id: "" }, "id: must not be empty"],
    ["id", { id: 7 }, "id: expected string"],
    ["created_at", { created_at: undefined }, "created_at: this is missing"],
    ["type", { type: null }, "type: expected string"],
    ["type", { type: "" }, "type: must not be empty"],
    ["data.object", { data: { object: [] } }, "data.object: must be an object"],
    ["data.object", { data: { object: "HUSH-1234" } }, "data.object: must be an object"],
  ])("is refused at %s: %j", (_name, parts, detail) => {
    const normalised = normalise(bytes(JSON.stringify(createEvent("voucher.created", {}, parts))));
    expect(normalised).toEqual({ ok: false, reason: "envelope_invalid", detail });
  });
});
