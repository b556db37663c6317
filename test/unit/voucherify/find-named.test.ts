// Everybody and every code that an event names.

import { describe, expect, it } from "vitest";
import { findNamed, NAMED_MAX } from "../../../src/voucherify/find-named.ts";

/** What is found, as lists. */
function named(data: Record<string, unknown>): { customers: string[]; vouchers: string[] } {
  const { customers, vouchers } = findNamed(data);
  return { customers: [...customers], vouchers: [...vouchers] };
}

describe("findNamed", () => {
  it.each<[string, Record<string, unknown>, string[], string[]]>([
    ["nobody", { campaign: { id: "camp_1", name: "Spring" } }, [], []],
    [
      "a customer by everything that people know",
      { customer: { id: "cust_1", source_id: "crm-1", email: "a@example.com", phone: "+31 20 1", name: "Ann" } },
      ["cust_1", "crm-1", "a@example.com", "+31 20 1"],
      [],
    ],
    ["both sides of a referral", { holder: { id: "cust_1" }, referrer: { id: "cust_2" } }, ["cust_1", "cust_2"], []],
    ["a customer deep inside", { redemption: { order: { customer: { id: "cust_3" } } } }, ["cust_3"], []],
    ["nothing but an id", { voucher: { code: "C-1", holder_id: "cust_4" } }, ["cust_4"], ["C-1"]],
    ["a list of vouchers", { publication: { vouchers: ["C-1", { code: "C-2" }] } }, [], ["C-1", "C-2"]],
    [
      "redeemables, of which vouchers alone have a code",
      {
        redeemables: [
          { object: "voucher", id: "C-3" },
          { object: "promotion_tier", id: "promo_1" },
        ],
      },
      [],
      ["C-3"],
    ],
    ["the same one twice", { customer: { id: "cust_1" }, order: { customer: { id: "cust_1" } } }, ["cust_1"], []],
    ["what is no text", { customer: { id: 7, email: null }, voucher: { code: "" } }, [], []],
  ])("finds %s", (_name, data, customers, vouchers) => {
    expect(named(data)).toEqual({ customers, vouchers });
  });

  it("stops at so many that a row stays small", () => {
    const vouchers = Array.from({ length: NAMED_MAX + 10 }, (_, index) => `C-${index}`);
    expect(named({ vouchers }).vouchers).toEqual(vouchers.slice(0, NAMED_MAX));
  });
});
