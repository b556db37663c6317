// v2018-08-01: what the old body says comes through, and what it does not say stays unsaid.

import { describe, expect, it } from "vitest";
import {
  exampleCampaignNotification,
  exampleSendout,
  type CampaignNotificationKind,
} from "../../../src/voucherify/examples.ts";
import { isLegacy } from "../../../src/voucherify/legacy.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../../src/voucherify/read-json.ts";
import { bytes } from "../bytes.ts";

function understand(body: unknown) {
  const normalised = normalise(bytes(JSON.stringify(body)));
  if (!normalised.ok) throw new Error(normalised.detail);
  return normalised.value;
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((found, key) => (isJsonObject(found) ? found[key] : undefined), value);
}

/** Paths of the envelope's own keys that hold null. */
function nullsOf(value: unknown, path = ""): string[] {
  if (value === null) return [path];
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    path === "" && key === "data" ? [] : nullsOf(inner, path === "" ? key : `${path}.${key}`),
  );
}

/** A project event with one entity. */
function createEvent(type: string, object: unknown, parts: JsonObject = {}): JsonObject {
  return {
    id: "event_5a11ce0ffee0000004",
    object: "event",
    created_at: "2018-10-05T08:15:30.250Z",
    type,
    data: { object, previous_attributes: {} },
    metadata: {},
    ...parts,
  };
}

describe("isLegacy", () => {
  it("goes by the body's object", () => {
    expect(isLegacy(createEvent("redemption.succeeded", {}))).toBe(true);
    expect(isLegacy(exampleCampaignNotification("points_earned"))).toBe(true);
    expect(isLegacy(exampleSendout("redemption.succeeded") ?? {})).toBe(false);
    expect(isLegacy({ code: "AUTUMN-15" })).toBe(false);
  });
});

describe("a campaign notification", () => {
  const NOTIFICATIONS: readonly (readonly [CampaignNotificationKind, "A" | "B", string, string, readonly string[]])[] =
    [
      ["loyalty_card_assigned", "A", "customer.publication.succeeded", "Card assigned", []],
      ["referral_code_assigned", "A", "customer.publication.succeeded", "Code assigned", []],
      [
        "points_redeemed",
        "A",
        "customer.reward_redemptions.completed",
        "Points spent",
        ["holder", "reward_redemption", "reward", "reward_assignment", "source", "balance"],
      ],
      [
        "referrer_rewarded",
        "A",
        "customer.reward_redemptions.completed",
        "Thanks sent",
        ["holder", "reward_redemption", "reward", "reward_assignment", "source", "balance"],
      ],
      ["points_earned", "B", "customer.rewarded.loyalty_points", "Points earned", ["balance"]],
      ["referee_invited", "B", "customer.referred", "Friend invited", []],
    ];

  it.each(NOTIFICATIONS)("%s, flavour %s, is routed as %s and labelled %s", (kind, flavour, type, label, keys) => {
    const body = exampleCampaignNotification(kind);
    const { envelope, received: _, ...said } = understand(body);
    const groupId = flavour === "B" ? at(body, "data.related_object.group_id") : null;
    const channel = flavour === "B" ? "Automation" : null;
    const customer = at(body, "data.object.customer");
    const about = [at(customer, "id"), at(body, "data.object.voucher.code")].map(String);
    const silent = flavour === "B" ? [] : ["event.group_id", "event.event_source.channel"];
    expect(said).toEqual({
      shape: `campaign notification ${flavour}`,
      version: "v2018-08-01",
      type,
      label,
      source: { kind: null, id: null },
      sendoutRef: null,
      eventRef: body["id"],
      projectId: body["project_id"],
      groupId,
      occurredAt: Date.UTC(2026, 9, 5, 8, 15, 30, 250),
      customer: { id: about[0], sourceId: "crm-20417", email: "mira@example.com", foundAt: "data.customer" },
      stack: null,
      dedupeKey: expect.any(String),
      dedupeBy: "event id",
      orderKey: about[0],
      unknown: ["source.id", "source.object", "id", "event.entity_id", ...silent],
    });
    const { data, ...around } = envelope;
    expect(around).toEqual({
      id: null,
      project_id: body["project_id"],
      created_at: body["created_at"],
      type: label,
      source: { id: null, object: null },
      event: {
        id: body["id"],
        type,
        created_at: body["created_at"],
        entity_id: null,
        group_id: groupId,
        event_source: { channel },
      },
    });
    const bag = ["voucher", "campaign", "customer", flavour === "A" ? "publication" : "order"];
    const present = [...bag, ...keys].filter((key) => key !== "publication" || at(body, "data.object.publication"));
    expect(new Set(Object.keys(data))).toEqual(new Set(present));
    expect(data["voucher"]).toEqual(at(body, "data.object.voucher"));
    // In flavour A the event behind it has the customer in short, and the notification the rest.
    expect(data["customer"]).toEqual({ ...Object(customer), ...Object(at(body, "data.related_object.data.customer")) });
  });

  it("prefers in flavour A what the event behind it says, which has the shape of v2024-01-01", () => {
    const body = exampleCampaignNotification("loyalty_card_assigned");
    const related = at(body, "data.related_object.data");
    if (!isJsonObject(related)) throw new Error("flavour A has data");
    related["campaign"] = { id: "camp_inner" };
    expect(understand(body).envelope.data["campaign"]).toEqual({ id: "camp_inner" });
  });

  it("has in flavour B the points that were earned and the customer as they are now", () => {
    const body = exampleCampaignNotification("points_earned");
    const inner = at(body, "data.related_object.data_json");
    if (!isJsonObject(inner)) throw new Error("flavour B has data_json");
    inner["object"] = { id: "cust_before", name: "Mira before" };
    const { data } = understand(body).envelope;
    expect(data["balance"]).toEqual(at(body, "data.related_object.data_json.balance"));
    expect(at(data, "customer.name")).toBe("Mira Halvorsen");
  });

  it("does not take anything else that an event of flavour B relates to for a balance", () => {
    const body = exampleCampaignNotification("referee_invited");
    const inner = at(body, "data.related_object.data_json");
    if (!isJsonObject(inner)) throw new Error("flavour B has data_json");
    inner["related_object"] = { id: "v_1", object: "voucher" };
    expect(understand(body).envelope.data).not.toHaveProperty("balance");
  });

  it("happened when the event behind it did, and is of that event", () => {
    const body = exampleCampaignNotification("points_earned");
    const related = at(body, "data.related_object");
    if (!isJsonObject(related)) throw new Error("a notification has a related object");
    Object.assign(related, { id: "event_behind", created_at: "2026-10-05T08:15:26.229Z" });
    expect(understand(body)).toMatchObject({
      eventRef: "event_behind",
      occurredAt: Date.UTC(2026, 9, 5, 8, 15, 26, 229),
      envelope: { event: { id: "event_behind", created_at: "2026-10-05T08:15:26.229Z" } },
    });
  });

  it("is routed by today's name when the event behind it has an old one", () => {
    const body = exampleCampaignNotification("loyalty_card_assigned");
    const related = at(body, "data.related_object");
    if (!isJsonObject(related)) throw new Error("a notification has a related object");
    related["type"] = "customer.entered.segment";
    expect(understand(body)).toMatchObject({
      type: "customer.segment.entered",
      envelope: { event: { type: "customer.segment.entered" } },
    });
  });
});

describe("two notifications of one event", () => {
  const body = exampleCampaignNotification("loyalty_card_assigned");

  function keyWith(change: (copy: JsonObject & { data: JsonObject }) => void): string | null {
    const copy = structuredClone(body) as JsonObject & { data: JsonObject }; // what an example is
    change(copy);
    return understand(copy).dedupeKey;
  }

  function nameCustomer(id: string | null, sourceId: string) {
    return ({ data }: { data: JsonObject }) => {
      const customer = { id, source_id: sourceId, email: null, object: "customer" };
      for (const bag of [data["object"], at(data, "related_object.data")])
        Object.assign(bag as JsonObject, { customer });
    };
  }

  it("are repeats when they are the same, however they are written", () => {
    const pretty = normalise(bytes(JSON.stringify(body, null, 2)));
    expect(pretty.ok && pretty.value.dedupeKey).toBe(understand(body).dedupeKey);
    expect(keyWith(() => {})).toBe(understand(body).dedupeKey);
  });

  it("are none when their labels, customers, vouchers or projects are not the same", () => {
    const keys = [
      keyWith(() => {}),
      keyWith((copy) => Object.assign(copy, { type: "Another message" })),
      keyWith((copy) => Object.assign(copy, { project_id: "proj_other" })),
      keyWith(nameCustomer("cust_other", "crm-20417")),
      keyWith(({ data }) => Object.assign(at(data, "object.voucher") as JsonObject, { code: "OTHER-1" })),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("are none when only the customers' own ids tell them apart", () => {
    expect(keyWith(nameCustomer(null, "crm-1"))).not.toBe(keyWith(nameCustomer(null, "crm-2")));
  });

  it("are none when a label looks like what follows it", () => {
    const label = (type: string, id: string) => (copy: JsonObject & { data: JsonObject }) => {
      Object.assign(copy, { type });
      nameCustomer(id, "crm-1")(copy);
    };
    expect(keyWith(label("Hello", "x:cust_1"))).not.toBe(keyWith(label("Hello:x", "cust_1")));
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
