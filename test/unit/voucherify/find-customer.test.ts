import { describe, expect, it } from "vitest";
import { findCustomer } from "../../../src/voucherify/find-customer.ts";

const MIRA = { id: "cust_mira", source_id: "crm-20417", email: "mira@example.com", object: "customer" };
const FOUND = { id: "cust_mira", sourceId: "crm-20417", email: "mira@example.com" };
const OTHER = { id: "cust_other", source_id: "crm-1", email: "other@example.com" };

/** Only an id, as a path in `data` gives it. */
function idAt(foundAt: string) {
  return { id: "cust_mira", sourceId: null, email: null, foundAt };
}

describe("findCustomer", () => {
  it.each([
    ["data.customer", { customer: MIRA }],
    ["data.holder", { holder: MIRA }],
    ["data.publication.customer", { publication: { customer: MIRA } }],
    ["data.redemption.customer", { redemption: { customer: MIRA } }],
    ["data.redemption_rollback.customer", { redemption_rollback: { customer: MIRA } }],
    ["data.order.customer", { order: { customer: MIRA } }],
  ])("finds the customer at %s", (foundAt, data) => {
    expect(findCustomer(data)).toEqual({ ...FOUND, foundAt });
  });

  it.each([
    ["data.voucher.holder_id", { voucher: { holder_id: "cust_mira" } }],
    ["data.publication.customer_id", { publication: { customer_id: "cust_mira" } }],
    ["data.redemption.customer_id", { redemption: { customer_id: "cust_mira" } }],
    ["data.redemption_rollback.customer_id", { redemption_rollback: { customer_id: "cust_mira" } }],
    ["data.order.customer_id", { order: { customer_id: "cust_mira" } }],
  ])("finds nothing but an id at %s", (foundAt, data) => {
    expect(findCustomer(data)).toEqual(idAt(foundAt));
  });

  it.each([
    ["the customer before the holder", { holder: OTHER, customer: MIRA }, "data.customer"],
    ["the holder before the publication's", { publication: { customer: OTHER }, holder: MIRA }, "data.holder"],
    [
      "the publication's before the redemption's",
      { redemption: { customer: OTHER }, publication: { customer: MIRA } },
      "data.publication.customer",
    ],
    [
      "an object before any id",
      { voucher: { holder_id: "cust_other" }, order: { customer: MIRA } },
      "data.order.customer",
    ],
  ])("takes %s", (_name, data, foundAt) => {
    expect(findCustomer(data)).toEqual({ ...FOUND, foundAt });
  });

  it.each([
    ["null", null],
    ["an empty object", {}],
    ["an object of nulls", { id: null, source_id: null, email: null }],
    ["an object of empty texts", { id: "", source_id: "", email: "" }],
    ["a number for an id", { id: 7 }],
    ["a text", "cust_other"],
    ["a list", [OTHER]],
  ])("looks on when the customer is %s", (_name, customer) => {
    expect(findCustomer({ customer, holder: MIRA })).toEqual({ ...FOUND, foundAt: "data.holder" });
    expect(findCustomer({ customer })).toBeNull();
  });

  it.each([
    ["id", { id: "cust_mira" }, { id: "cust_mira", sourceId: null, email: null }],
    ["source_id", { source_id: "crm-20417", id: null }, { id: null, sourceId: "crm-20417", email: null }],
    ["email", { email: "mira@example.com" }, { id: null, sourceId: null, email: "mira@example.com" }],
  ])("makes do with the %s", (_name, customer, found) => {
    expect(findCustomer({ customer })).toEqual({ ...found, foundAt: "data.customer" });
  });

  it.each([
    ["nothing", {}],
    ["a campaign", { campaign: { id: "camp_1" } }],
    ["a referrer", { referrer: MIRA }],
    ["an empty id", { voucher: { holder_id: "" } }],
    ["an id that is a number", { order: { customer_id: 7 } }],
    ["keys that every object inherits", { constructor: { customer: MIRA }, redemption: [] }],
  ])("finds nobody in %s", (_name, data) => {
    expect(findCustomer(data)).toBeNull();
  });

  it("does not look into prototypes", () => {
    const data: unknown = JSON.parse(
      '{"__proto__":{"customer":{"id":"cust_other"}},"voucher":{"__proto__":{"holder_id":"x"}}}',
    );
    expect(findCustomer(data as Record<string, unknown>)).toBeNull(); // an object, as written above
  });
});
