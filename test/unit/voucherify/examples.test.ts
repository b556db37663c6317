import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES, findEvent } from "../../../src/voucherify/catalogue.ts";
import {
  exampleCampaignNotification,
  exampleSendout,
  type CampaignNotificationKind,
  type ExampleOptions,
} from "../../../src/voucherify/examples.ts";
import { fieldsOf, hasField } from "../../../src/voucherify/field-index.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../../src/voucherify/read-json.ts";
import { bytes } from "../bytes.ts";

interface Example extends JsonObject {
  id: string;
  type: string;
  data: JsonObject;
  source: { id: string; object: string };
  event: { id: string; type: string; created_at: string; entity_id?: string };
}

function example(type: string, options?: ExampleOptions): Example {
  const sendout = exampleSendout(type, options);
  if (sendout === undefined) throw new Error(`no example of ${type}`);
  return sendout as Example; // what the tests below expect of it
}

/** Every value below a value, with its key and, inside lists, without the position. */
function* walk(value: unknown, path = "", key = ""): Generator<{ path: string; key: string; value: unknown }> {
  yield { path, key, value };
  if (Array.isArray(value)) for (const item of value) yield* walk(item, `${path}[]`, key);
  if (!isJsonObject(value)) return;
  for (const [name, inner] of Object.entries(value)) yield* walk(inner, path === "" ? name : `${path}.${name}`, name);
}

describe.each(EVENT_TYPES)("the example of %s", (type) => {
  const sendout = example(type);

  it("is understood, and says the same as JSON", () => {
    expect(normalise(bytes(JSON.stringify(sendout)))).toMatchObject({
      ok: true,
      value: { type, sendoutRef: sendout.id, occurredAt: Date.parse(sendout.event.created_at), envelope: sendout },
    });
    expect(JSON.parse(JSON.stringify(sendout))).toStrictEqual(sendout);
  });

  it("fits the catalogue's schemas", () => {
    const { data = {}, entity = "", eventIdPrefix = "" } = findEvent(type) ?? {};
    for (const [key, value] of Object.entries(sendout.data)) {
      if (value === null) expect(data[key]?.nullable, key).toBe(true);
      else expect(v.safeParse(data[key]?.schema ?? v.never(), value).issues, key).toBeUndefined();
    }
    const missing = Object.entries(data).filter(([key]) => !Object.hasOwn(sendout.data, key));
    expect(missing.filter(([, { presence }]) => presence === "required")).toEqual([]);
    expect(sendout.event.id).toMatch(new RegExp(`^${eventIdPrefix}[0-9a-f]{18}$`));
    expect(sendout.event.entity_id).toBe((sendout.data[entity] as JsonObject)["id"]);
  });

  it("has no field that the field index lacks", () => {
    const fields = new Map(fieldsOf(type).map((field) => [field.path, field]));
    for (const { path, value } of walk(sendout.data)) {
      if (path === "" || path.endsWith("[]") || isBelowOpen(fields, path)) continue;
      const field = fields.get(path);
      expect(field, path).toBeDefined();
      if (value === null) expect(field?.nullable, path).toBe(true);
    }
    for (const { path } of walk({ ...sendout, data: {} })) {
      if (path !== "data" && path !== "") expect(hasField(type, `$webhook.${path}`), path).toBe("yes");
    }
  });

  it("is about one customer, one campaign, one voucher", () => {
    const ids = new Map<string, Set<unknown>>();
    for (const { key, value } of walk(sendout.data)) {
      if (!isJsonObject(value) || typeof value["object"] !== "string") continue;
      const kind = key === "referrer" ? "referrer" : value["object"];
      ids.set(kind, (ids.get(kind) ?? new Set()).add(value["id"]));
      const { campaign, campaign_id } = value;
      if (kind !== "voucher" || campaign !== nameOf(sendout.data["campaign"])) continue;
      expect(campaign_id).toBe((sendout.data["campaign"] as JsonObject)["id"]);
    }
    expect(ids.get("customer")?.size ?? 1).toBe(1);
    // A reward's own campaign is another one, and so are the two ends of a tier change.
    for (const kind of ["campaign", "redemption", "order", "publication"]) expect(ids.get(kind)?.size ?? 1).toBe(1);
  });

  it("has amounts that add up", () => {
    for (const { value, path } of walk(sendout.data)) {
      if (!isJsonObject(value)) continue;
      if (value["object"] === "order") expectOrderToAddUp(value, path);
      if (value["object"] === "order_item") {
        expect(value["amount"], path).toBe(Number(value["price"]) * Number(value["quantity"]));
      }
      for (const card of [value["gift"], value["loyalty_card"]].filter(isJsonObject)) {
        const earned = Number(card["amount"] ?? card["points"]);
        if (card["balance"] !== undefined) expect(card["balance"], path).toBeLessThanOrEqual(earned);
      }
    }
  });

  it("is the same every time, and another time and other ids when told", () => {
    expect(example(type)).toEqual(sendout);
    const now = new Date("2031-02-03T04:05:06.789Z");
    let made = 0;
    const told = example(type, { now, ids: (prefix) => `${prefix}made${made++}` });
    expect(told).toMatchObject({ created_at: now.toISOString(), event: { created_at: now.toISOString() } });
    expect(told.id).toMatch(/^whs_made\d+$/);
    expect(JSON.stringify(told)).not.toContain(sendout.event.id);
    expect(JSON.stringify(told.data)).not.toContain("2026-10-05T08:15:30");
  });
});

describe("exampleSendout", () => {
  it("sends as a project webhook or as a distribution, whose type is free text", () => {
    expect(example("customer.rewarded")).toMatchObject({ type: "customer.rewarded", source: { object: "webhook" } });
    const told = example("customer.rewarded", { source: "distribution" });
    expect(told).toMatchObject({ source: { object: "distribution" }, event: { type: "customer.rewarded" } });
    expect(told.source.id).toMatch(/^distr_/);
    expect(told.type).not.toBe("customer.rewarded");
    expect(example("customer.segment.left").source.object).toBe("distribution");
  });

  it("adds the publication to earned points only where a distribution tells of them", () => {
    const type = "customer.rewarded.loyalty_points";
    expect(example(type).data).not.toHaveProperty("publication");
    expect(example(type, { source: "distribution" }).data).toHaveProperty("publication.voucher.code");
  });

  it("knows aliases, and nothing of types that nobody has heard of", () => {
    expect(example("customer.entered.segment").event.type).toBe("customer.segment.entered");
    expect(exampleSendout("lantern.lit")).toBeUndefined();
    expect(exampleSendout("__proto__")).toBeUndefined();
  });

  it("tells of failures with ids of their own and a reason", () => {
    expect(example("redemption.failed").data).toMatchObject({
      order: null,
      voucher: null,
      redemption: { id: expect.stringMatching(/^rf_/), result: "FAILURE", failure_code: expect.any(String) },
    });
    expect(example("redemption.rollback.failed").data).toMatchObject({
      redemption_rollback: { id: expect.stringMatching(/^rrf_/), status: "FAILED" },
    });
  });

  it("gives back in a rollback what the redemption took", () => {
    const { redemption, redemption_rollback } = example("redemption.rollback.succeeded").data;
    const { id, amount } = redemption as JsonObject;
    expect(redemption_rollback).toMatchObject({
      redemption: id,
      amount: -Number(amount),
      order: { status: "CANCELED" },
    });
  });

  it.each(EVENT_TYPES.filter((type) => findEvent(type)?.versions.includes("v2018-08-01")))(
    "has %s in v2018-08-01, with the changed entity alone",
    (type) => {
      const body = exampleSendout(type, { version: "v2018-08-01" });
      expect(body).toMatchObject({
        object: "event",
        type,
        webhook_id: expect.stringMatching(/^whs_/),
        data: { object: { id: expect.any(String) }, previous_attributes: {} },
      });
      expect(body).not.toHaveProperty("event");
    },
  );

  it("has no v2018-08-01 body for a type that came later", () => {
    expect(exampleSendout("customer.updated", { version: "v2018-08-01" })).toBeUndefined();
  });
});

describe("exampleCampaignNotification", () => {
  it.each<[CampaignNotificationKind, string, "data" | "data_json"]>([
    ["loyalty_card_assigned", "customer.publication.succeeded", "data"],
    ["referral_code_assigned", "customer.publication.succeeded", "data"],
    ["points_redeemed", "customer.reward_redemptions.completed", "data"],
    ["referrer_rewarded", "customer.reward_redemptions.completed", "data"],
    ["points_earned", "customer.rewarded.loyalty_points", "data_json"],
    ["referee_invited", "customer.referred", "data_json"],
  ])("tells of %s as free text around %s", (kind, type, key) => {
    const body = exampleCampaignNotification(kind);
    expect(body).toMatchObject({
      object: "event",
      webhook_id: null,
      data: {
        object: { customer: { object: "customer" }, campaign: { object: "campaign" } },
        related_object: { id: body["id"], type, [key]: expect.any(Object) },
      },
    });
    expect(findEvent(String(body["type"]))).toBeUndefined();
    expect(JSON.parse(JSON.stringify(body))).toEqual(body);
  });
});

function nameOf(campaign: unknown): unknown {
  return isJsonObject(campaign) ? campaign["name"] : undefined;
}

function isBelowOpen(fields: ReadonlyMap<string, { kind: string }>, path: string): boolean {
  const names = path.split(".");
  return names.some((_name, index) => index > 0 && fields.get(names.slice(0, index).join("."))?.kind === "open");
}

function expectOrderToAddUp(order: JsonObject, path: string): void {
  const lines = order["items"] as { amount: number }[];
  const discount = Number(order["total_discount_amount"] ?? 0);
  expect(order["amount"], path).toBe(lines.reduce((sum, { amount }) => sum + amount, 0));
  expect(order["total_amount"], path).toBe(Number(order["amount"]) - discount);
  expect(discount, path).toBe(Number(order["discount_amount"] ?? 0) + Number(order["items_discount_amount"] ?? 0));
}
