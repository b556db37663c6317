// Both spellings of Voucherify's event types: the vendor's schema has some of them wrong, its examples right.

import { describe, expect, it } from "vitest";
import { spellAsSent, spellings } from "../../../src/upstream/spelling.ts";
import { EVENT_TYPES } from "../../../src/voucherify/catalogue.ts";
import { acceptedEvents } from "../../voucherify/management-webhook.ts";

describe("spellAsSent", () => {
  it("gives every type that the schema lists the spelling in which it is sent", () => {
    for (const [shown, sent] of acceptedEvents("as in the schema")) expect(spellAsSent(shown)).toBe(sent);
  });

  it("leaves all others alone, those to come too", () => {
    for (const type of [...EVENT_TYPES, "voucher.unheard_of.aded"]) expect(spellAsSent(type)).toBe(type);
  });
});

describe("spellings", () => {
  it("of what is spelt in one way are one", () => {
    expect(spellings(["redemption.succeeded", "voucher.updated"])).toEqual([
      ["redemption.succeeded", "voucher.updated"],
    ]);
  });

  it("begin with how types are sent, and end without what the API may not have", () => {
    expect(spellings(["customer.updated", "voucher.gift.balance_added"])).toEqual([
      ["customer.updated", "voucher.gift.balance_added"],
      ["customer.updated", "voucher.gift.balance_aded"],
      ["voucher.gift.balance_added"],
      ["voucher.gift.balance_aded"],
    ]);
  });

  it("begin with the schema's where the API has shown it", () => {
    expect(spellings(["voucher.gift.balance_added"], ["redemption.failed", "campaign.vouchers.aded"])[0]).toEqual([
      "voucher.gift.balance_aded",
    ]);
  });

  it("have one that each reading of the vendor's pages accepts whole", () => {
    const types = [...acceptedEvents("as sent").keys()];
    for (const accepted of [acceptedEvents("as sent"), acceptedEvents("as in the schema")]) {
      expect(spellings(types).some((list) => list.every((type) => accepted.has(type)))).toBe(true);
    }
  });
});
