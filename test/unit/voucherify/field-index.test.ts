import { describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../../src/voucherify/catalogue.ts";
import { fieldsOf, hasField, suggestField, type EventField } from "../../../src/voucherify/field-index.ts";

function field(type: string, path: string): EventField | undefined {
  return fieldsOf(type).find((candidate) => candidate.path === path);
}

describe("fieldsOf", () => {
  it.each([
    ["customer.email", { kind: "text", nullable: true, presence: "optional", sample: "mira@example.com" }],
    ["customer", { kind: "object", nullable: true, presence: "optional" }],
    ["order.total_amount", { kind: "amount", nullable: false, sample: 10_200 }],
    ["order.items", { kind: "list" }],
    ["order.items[].sku.source_id", { kind: "text", nullable: true, sample: "lamp-storm-brass" }],
    ["voucher.id", { kind: "id", prefix: "v_", sample: "v_…" }],
    ["redemption.result", { kind: "choice", choices: ["SUCCESS", "FAILURE"] }],
    ["redemption.metadata", { kind: "open" }],
    ["created_at", { kind: "instant", presence: "optional" }],
    ["$webhook.event.type", { kind: "text", presence: "required" }],
  ])("describes %s of a redemption", (path, expected) => {
    expect(field("redemption.succeeded", path)).toMatchObject({ path, ...expected });
  });

  it.each(EVENT_TYPES)("lists each path of %s once, with a meaning, and says that it is there", (type) => {
    const fields = fieldsOf(type);
    const paths = fields.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const { path, meaning } of fields) {
      expect(meaning, path).not.toBe("");
      expect(hasField(type, path), path).not.toBe("no");
    }
  });

  it("takes presence from the catalogue", () => {
    expect(field("customer.order.paid", "order.amount")?.presence).toBe("required");
    expect(field("publication.succeeded", "vouchers[].code")?.presence).toBe("sample only");
    expect(field("publication.succeeded", "publication.vouchers_id")?.sample).toEqual(["v_…"]);
  });

  it("knows the envelope alone of a type that nobody has heard of", () => {
    const paths = fieldsOf("lantern.lit").map(({ path }) => path);
    expect(paths).toContain("$webhook.id");
    expect(paths.every((path) => path.startsWith("$webhook"))).toBe(true);
  });

  it("knows aliases", () => {
    expect(fieldsOf("customer.entered.segment")).toEqual(fieldsOf("customer.segment.entered"));
  });
});

describe("hasField", () => {
  it.each([
    ["customer.email", "yes"],
    ["customer", "yes"],
    ["order.items[].price", "yes"],
    ["order.items[0].price", "yes"],
    ["order.items.0.price", "yes"],
    ["order.items[1]", "yes"],
    ["order.items.price", "maybe"],
    ["customer.metadata.favourite", "maybe"],
    ["customer.metadata.`first-name`.deep", "maybe"],
    ["$webhook", "yes"],
    ["$webhook.event.group_id", "yes"],
    ["$webhook.data.customer.email", "yes"],
    ["$webhook.data", "yes"],
    ["$webhook.event.category", "no"],
    ["customer.mail", "no"],
    ["customer.email.domain", "no"],
    ["order.items.prize", "no"],
    ["nothing", "no"],
    ["__proto__", "no"],
    ["customer.constructor", "no"],
  ] as const)("of a redemption, %s: %s", (path, answer) => {
    expect(hasField("redemption.succeeded", path)).toBe(answer);
  });

  it.each([
    ["lantern.lit", "lamp.oil"],
    ["customer.referred", "customer.email"],
    ["campaign.vouchers.added", "whatever"],
  ])("is in doubt about %s", (type, path) => {
    expect(hasField(type, path)).toBe("maybe");
  });

  it("is not in doubt about the envelope, whatever the type", () => {
    expect(hasField("lantern.lit", "$webhook.source.id")).toBe("yes");
    expect(hasField("lantern.lit", "$webhook.sauce.id")).toBe("no");
  });
});

describe("suggestField", () => {
  it.each([
    ["customer.mail", "customer.email"],
    ["customr.email", "customer.email"],
    ["email", "customer.email"],
    ["redemption.voucher.cod", "redemption.voucher.code"],
    ["order.items[0].prise", "order.items[].price"],
    ["$webhook.event.typ", "$webhook.event.type"],
    ["customer.email", "customer.email"],
  ])("takes %s for %s", (path, expected) => {
    expect(suggestField("redemption.succeeded", path)).toBe(expected);
  });

  it("suggests nothing where nothing is near", () => {
    expect(suggestField("redemption.succeeded", "thermostat.humidity")).toBeUndefined();
    expect(suggestField("redemption.succeeded", "")).toBeUndefined();
  });
});
