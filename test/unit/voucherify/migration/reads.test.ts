// What becomes of every read of a routing table when a webhook is switched, in each form of the payload.

import { describe, expect, it } from "vitest";
import { parsePath, resolveInEvent } from "../../../../src/translation/path.ts";
import { EVENT_TYPES, findEvent } from "../../../../src/voucherify/catalogue.ts";
import { CAMPAIGN_NOTIFICATION_KINDS } from "../../../../src/voucherify/examples.ts";
import { valueAt } from "../../../../src/voucherify/json-path.ts";
import { FieldMigration, type Pair } from "../../../../src/voucherify/migration/fields.ts";
import { fateOf, type ReadFate } from "../../../../src/voucherify/migration/reads.ts";
import { convertTo, type PayloadForm } from "../../../../src/voucherify/payload.ts";
import { currentExample, notification, oldExample, projectEvent, understand } from "./bodies.ts";

function pairOf(old: unknown, current?: unknown): Pair {
  return { old: understand(old), current: current === undefined ? undefined : understand(current) };
}

/** The fate of a path as a template writes it. */
function fate(pair: Pair, path: string, payload: PayloadForm): ReadFate {
  const parsed = parsePath(path);
  if (!parsed.ok) throw new Error(parsed.detail);
  return fateOf({ place: "somewhere", path: parsed.value, payload, types: [] }, new FieldMigration(pair));
}

/** The same as one word, or as the replacement. */
function inShort(pair: Pair, path: string, payload: PayloadForm): string {
  const found = fate(pair, path, payload);
  return found.fate === "replace" ? `-> ${found.replacement}` : found.fate;
}

const published = pairOf(oldExample("voucher.published"), currentExample("voucher.published"));
const redeemed = pairOf(oldExample("redemption.succeeded"), currentExample("redemption.succeeded"));
const points = pairOf(
  oldExample("voucher.loyalty_card.points_added"),
  currentExample("voucher.loyalty_card.points_added"),
);
const [assigned, earned] = (["loyalty_card_assigned", "points_earned"] as const).map((kind) => {
  const { body, type } = notification(kind);
  return pairOf(body, currentExample(type, "distribution"));
}) as [Pair, Pair]; // one for each of two

describe("a read of the body as received", () => {
  it.each<[string, Pair, string, string]>([
    ["the changed thing", published, "object.code", "-> voucher.code"],
    ["the changed thing from the root", published, "$webhook.data.object.code", "-> voucher.code"],
    ["the changed thing as a whole", published, "object", "-> voucher"],
    ["a thing inside it", redeemed, "object.voucher.code", "-> voucher.code"],
    ["an item of a list", redeemed, "object.order.items.0.price", "-> order.items.0.price"],
    ["a name with a space", redeemed, "object.metadata.`till no`", "-> redemption.metadata.`till no`"],
    ["an optional field that this body lacks", redeemed, "object.voucher.gift.amount", "-> voucher.gift.amount"],
    ["the event's id", published, "$webhook.id", "-> $webhook.event.id"],
    ["the sendout's id", published, "$webhook.webhook_id", "-> $webhook.id"],
    ["the channel", published, "$webhook.metadata.source", "-> $webhook.event.event_source.channel"],
    ["what a notification is about", assigned, "object.voucher.code", "-> voucher.code"],
    ["the event in a notification", assigned, "related_object.data.campaign.name", "-> campaign.name"],
    ["that event's type", assigned, "related_object.type", "-> $webhook.event.type"],
    ["the database's customer", earned, "related_object.data_json.object.email", "-> customer.email"],
    ["the database's balance", earned, "related_object.data_json.balance.points", "-> balance.points"],
  ])("is told where %s is", (_name, pair, path, replacement) => {
    expect(inShort(pair, path, "as received")).toBe(replacement);
  });

  it.each([
    ["the type", published, "$webhook.type"],
    ["the project", published, "$webhook.project_id"],
    ["the time", published, "$webhook.created_at"],
    ["a balance in its old place", points, "balance.points"],
    ["a whole balance in its old place", points, "balance"],
    ["a path of the new version", published, "voucher.code"],
    ["a path of the new version's frame", published, "$webhook.event.type"],
    ["what other types have in its place", redeemed, "object.code"],
    ["what neither version has", published, "lantern.wick"],
  ])("stays when it reads %s", (_name, pair, path) => {
    expect(inShort(pair, path, "as received")).toBe("stays");
  });

  it.each([
    ["the constant", published, "$webhook.object"],
    ["previous attributes", published, "previous_attributes"],
    ["one of the previous attributes", published, "previous_attributes.amount"],
    ["metadata without a channel", assigned, "$webhook.metadata"],
    ["what only the database knew", earned, "related_object.automation_id"],
    ["a customer's history", assigned, "object.customer.summary.orders.total_amount"],
  ])("is gone when it reads %s", (_name, pair, path) => {
    expect(inShort(pair, path, "as received")).toBe("gone");
  });

  it.each([
    ["everything", published, "$webhook"],
    ["the data", published, "$webhook.data"],
    ["the metadata, of which the channel lives on", published, "$webhook.metadata"],
    ["a notification's things, which are in several places now", assigned, "object"],
    ["a notification's event", earned, "related_object"],
  ])("has to be looked at when it takes %s", (_name, pair, path) => {
    expect(inShort(pair, path, "as received")).toBe("whole");
  });
});

describe("a read of the event as understood", () => {
  it.each<[string, Pair, string, string]>([
    ["a path of today", published, "voucher.code", "stays"],
    ["everything", published, "$webhook", "stays"],
    ["a field that the old body did not say", published, "$webhook.source.id", "stays"],
    ["a field that nobody has", published, "lantern.wick", "stays"],
    ["a path of the old body, by habit", published, "object.code", "-> voucher.code"],
    ["the sendout's id by its old name", published, "$webhook.webhook_id", "-> $webhook.id"],
    ["an old path without a successor", published, "$webhook.object", "gone"],
  ])("of %s: %s", (_name, pair, path, expected) => {
    for (const form of ["normalised", "v2024-01-01"] as const) expect(inShort(pair, path, form)).toBe(expected);
  });

  it("is told the place of today where an old body has filled another as well", () => {
    const holder = { id: "cust_1", email: "kim@example.com" };
    const old = projectEvent("voucher.published", { code: "A", customer: holder, shelf: "B4" });
    const pair = pairOf(old, currentExample("voucher.published"));
    expect(inShort(pair, "voucher.customer.email", "normalised")).toBe("-> customer.email");
    expect(inShort(pair, "voucher.shelf", "normalised")).toBe("gone");
  });
});

describe("a read of the old version that Signalbox goes on making", () => {
  it.each<[string, Pair, string]>([
    ["the changed thing", published, "object.code"],
    ["a thing inside it", redeemed, "object.voucher.code"],
    ["both ids", published, "$webhook.webhook_id"],
    ["the constant", published, "$webhook.object"],
    ["previous attributes, which were always empty", published, "previous_attributes"],
    ["the channel", published, "$webhook.metadata.source"],
    ["a field that nobody has", published, "object.wick"],
    ["a card, though the current sendout at hand is of a discount", assigned, "object.voucher.loyalty_card.balance"],
    ["a notification's event", earned, "related_object.data_json.balance.points"],
  ])("stays when it reads %s", (_name, pair, path) => {
    expect(inShort(pair, path, "v2018-08-01")).toBe("stays");
  });

  it("stays when a current sendout merely lacks the thing, or has other metadata", () => {
    const metadata = { season: "autumn" };
    const old = projectEvent("redemption.succeeded", { id: "r_1", order: { amount: 5 }, voucher: { metadata } });
    const current = currentExample("redemption.succeeded");
    const pair = pairOf(old, { ...current, data: { ...Object(current["data"]), order: null } });
    expect(inShort(pair, "object.order.amount", "v2018-08-01")).toBe("stays");
    expect(inShort(pair, "object.voucher.metadata.season", "v2018-08-01")).toBe("stays");
  });

  it.each<[string, Pair, string]>([
    ["a customer's history", assigned, "object.customer.summary.orders.total_amount"],
    ["what only the database knew", earned, "related_object.automation_id"],
  ])("is gone when it reads %s, which v2024-01-01 does not send", (_name, pair, path) => {
    expect(inShort(pair, path, "v2018-08-01")).toBe("gone");
  });

  it("stays while nothing is known of the new version", () => {
    expect(inShort(pairOf(projectEvent("lantern.lit", { wick: 4 })), "object.wick", "v2018-08-01")).toBe("stays");
  });
});

/** Every path that ends in a plain value, an empty object or an empty list; lists are looked into. */
function leavesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const OLD_TYPES = EVENT_TYPES.filter((type) => findEvent(type)?.versions.includes("v2018-08-01"));
const EXAMPLES = [
  ...OLD_TYPES.map((type) => ({ name: type, type, old: oldExample(type), current: currentExample(type) })),
  ...CAMPAIGN_NOTIFICATION_KINDS.map((kind) => {
    const { body, type } = notification(kind);
    return { name: kind, type, old: body, current: currentExample(type, "distribution") };
  }),
];

describe("every field of every old example", () => {
  it("is among those looked at", () => {
    expect(OLD_TYPES.length).toBeGreaterThan(25);
    expect(EXAMPLES.flatMap(({ old }) => leavesOf(old)).length).toBeGreaterThan(3_000);
  });

  it.each(EXAMPLES)("of $name: read as received it is elsewhere with its value, or gone", ({ type, old, current }) => {
    const pair = pairOf(old, current);
    const fields = new FieldMigration(pair);
    const converted = convertTo(pair.old, "v2024-01-01").body;
    const documented = findEvent(type)?.documented === true;
    for (const leaf of leavesOf(old)) {
      const path = leaf[0] === "data" && leaf.length > 1 ? leaf.slice(1) : ["$webhook", ...leaf];
      const found = fateOf({ place: "somewhere", path, payload: "as received", types: [] }, fields);
      const name = leaf.join(".");
      const was = valueAt(old, leaf);
      if (found.fate === "stays") expect(isSame(valueAt(converted, leaf), was), `${name} stays`).toBe(true);
      else if (found.fate === "gone") expect(fields.placesOf(leaf), `${name} is gone`).toEqual([]);
      else if (found.fate === "replace") {
        const parsed = parsePath(found.replacement);
        if (!parsed.ok) throw new Error(`${name}: ${parsed.detail}`);
        const { value: now } = parsed;
        const context = { ...converted, data: converted["data"] };
        expect(isSame(resolveInEvent(context, now), was), `${name} is at ${found.replacement}`).toBe(true);
        // Where the example of today is about another kind of voucher, it lacks the object that the field is in.
        const today = { ...current, data: current["data"] };
        const around = now.length > 1 ? resolveInEvent(today, now.slice(0, -1)) : today.data;
        const mayLack =
          typeof around !== "object" || around === null || !documented || name.endsWith("redeemed_points");
        expect(mayLack || resolveInEvent(today, now) !== undefined, `${found.replacement} is sent`).toBe(true);
      } else throw new Error(`${name}: a plain value is not ${found.fate}`);
    }
  });

  it.each(EXAMPLES)("of $name: a replacement needs no hand any more, whatever the form", ({ old, current }) => {
    const pair = pairOf(old, current);
    const fields = new FieldMigration(pair);
    for (const leaf of leavesOf(old)) {
      const path = leaf[0] === "data" && leaf.length > 1 ? leaf.slice(1) : ["$webhook", ...leaf];
      const found = fateOf({ place: "somewhere", path, payload: "as received", types: [] }, fields);
      if (found.fate !== "replace") continue;
      for (const form of ["normalised", "v2024-01-01", "as received"] as const) {
        // As received, this path still means the event's id until the webhook is switched.
        if (form === "as received" && found.replacement === "$webhook.id") continue;
        expect(inShort(pair, found.replacement, form), `${found.replacement} ${form}`).toBe("stays");
      }
    }
  });

  it.each(EXAMPLES)("of $name: what v2024-01-01 still sends is still made in the old version", ({ old, current }) => {
    const pair = pairOf(old, current);
    const fields = new FieldMigration(pair);
    const lost = leavesOf(old).filter((leaf) => {
      const path = leaf[0] === "data" && leaf.length > 1 ? leaf.slice(1) : ["$webhook", ...leaf];
      return fateOf({ place: "somewhere", path, payload: "v2018-08-01", types: [] }, fields).fate !== "stays";
    });
    expect(lost.filter((leaf) => fields.placesOf(leaf).length > 0).map((leaf) => leaf.join("."))).toEqual([]);
  });
});
