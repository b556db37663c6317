import { describe, expect, expectTypeOf, it } from "vitest";
import { EVENT_TYPES } from "../../../src/voucherify/catalogue.ts";
import { readEventObject, type EventObject, type ObjectKey } from "../../../src/voucherify/event-objects.ts";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { isJsonObject } from "../../../src/voucherify/read-json.ts";

const KEYS: readonly ObjectKey[] = [
  "customer",
  "holder",
  "referrer",
  "voucher",
  "campaign",
  "redemption",
  "redemption_rollback",
  "order",
  "balance",
  "transaction",
  "pending_points",
  "loyalty_tier",
  "earning_rule",
  "publication",
  "promotion_tier",
  "reward",
  "segment",
  "custom_event",
];

describe("readEventObject", () => {
  it.each(EVENT_TYPES)("reads every common object of %s whole", (type) => {
    const data = exampleSendout(type)?.["data"];
    if (!isJsonObject(data)) throw new Error(`no example of ${type}`);
    for (const key of KEYS) {
      expect(readEventObject(data, key)).toEqual(isJsonObject(data[key]) ? data[key] : undefined);
    }
  });

  it("has the types of the objects", () => {
    expectTypeOf<EventObject<"voucher">["code"]>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<NonNullable<EventObject<"order">["items"]>[number]["quantity"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<EventObject<"customer">["email"]>().toEqualTypeOf<string | null | undefined>();
  });

  it("leaves out a field of the wrong kind, at any depth, and nothing else", () => {
    const order = {
      id: "ord_1",
      amount: "12.00",
      lantern: { unheard: "of" },
      items: [{ quantity: 2, price: "free", product: { id: 7, name: "Lamp" } }, "no item"],
      metadata: { amount: "mine" },
    };
    expect(readEventObject({ order }, "order")).toEqual({
      id: "ord_1",
      lantern: { unheard: "of" },
      items: [{ quantity: 2, product: { name: "Lamp" } }],
      metadata: { amount: "mine" },
    });
  });

  it.each([
    ["null", { voucher: null }],
    ["missing", {}],
    ["text", { voucher: "AUTUMN-15" }],
    ["a list", { voucher: [] }],
    ["inherited", Object.create({ voucher: { code: "x" } })],
  ])("has nothing where the object is %s", (_name, data) => {
    expect(readEventObject(data, "voucher")).toBeUndefined();
  });

  it("takes hostile keys for names like any other", () => {
    const data = JSON.parse('{"customer":{"id":7,"__proto__":{"polluted":true},"constructor":1,"name":"Mira"}}');
    const customer = readEventObject(data, "customer");
    expect(JSON.stringify(customer)).toBe('{"__proto__":{"polluted":true},"constructor":1,"name":"Mira"}');
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});
