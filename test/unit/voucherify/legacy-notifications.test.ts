// Campaign notifications of v2018-08-01: both flavours of them, and which of two are repeats.

import { describe, expect, it } from "vitest";
import { exampleCampaignNotification, type CampaignNotificationKind } from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../../src/voucherify/read-json.ts";
import { bytes } from "../bytes.ts";
import { understand, valueAt } from "./bodies.ts";

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
    const groupId = flavour === "B" ? valueAt(body, "data.related_object.group_id") : null;
    const channel = flavour === "B" ? "Automation" : null;
    const customer = valueAt(body, "data.object.customer");
    const about = [valueAt(customer, "id"), valueAt(body, "data.object.voucher.code")].map(String);
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
    const present = [...bag, ...keys].filter(
      (key) => key !== "publication" || valueAt(body, "data.object.publication"),
    );
    expect(new Set(Object.keys(data))).toEqual(new Set(present));
    expect(data["voucher"]).toEqual(valueAt(body, "data.object.voucher"));
    // In flavour A the event behind it has the customer in short, and the notification the rest.
    expect(data["customer"]).toEqual({
      ...Object(customer),
      ...Object(valueAt(body, "data.related_object.data.customer")),
    });
  });

  it("prefers in flavour A what the event behind it says, which has the shape of v2024-01-01", () => {
    const body = exampleCampaignNotification("loyalty_card_assigned");
    const related = valueAt(body, "data.related_object.data");
    if (!isJsonObject(related)) throw new Error("flavour A has data");
    related["campaign"] = { id: "camp_inner" };
    expect(understand(body).envelope.data["campaign"]).toEqual({ id: "camp_inner" });
  });

  it("has in flavour B the points that were earned and the customer as they are now", () => {
    const body = exampleCampaignNotification("points_earned");
    const inner = valueAt(body, "data.related_object.data_json");
    if (!isJsonObject(inner)) throw new Error("flavour B has data_json");
    inner["object"] = { id: "cust_before", name: "Mira before" };
    const { data } = understand(body).envelope;
    expect(data["balance"]).toEqual(valueAt(body, "data.related_object.data_json.balance"));
    expect(valueAt(data, "customer.name")).toBe("Mira Halvorsen");
  });

  it("does not take anything else that an event of flavour B relates to for a balance", () => {
    const body = exampleCampaignNotification("referee_invited");
    const inner = valueAt(body, "data.related_object.data_json");
    if (!isJsonObject(inner)) throw new Error("flavour B has data_json");
    inner["related_object"] = { id: "v_1", object: "voucher" };
    expect(understand(body).envelope.data).not.toHaveProperty("balance");
  });

  it("happened when the event behind it did, and is of that event", () => {
    const body = exampleCampaignNotification("points_earned");
    const related = valueAt(body, "data.related_object");
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
    const related = valueAt(body, "data.related_object");
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
      for (const bag of [data["object"], valueAt(data, "related_object.data")])
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
      keyWith(({ data }) => Object.assign(valueAt(data, "object.voucher") as JsonObject, { code: "OTHER-1" })),
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
