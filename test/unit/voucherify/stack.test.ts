import { describe, expect, it } from "vitest";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../../src/voucherify/read-json.ts";
import { stackRole } from "../../../src/voucherify/stack.ts";
import { bytes } from "../bytes.ts";

const voucher = { id: "v_1", object: "voucher" };
const promotion_tier = { id: "promo_1", object: "promotion_tier" };
const promotion_stack = { id: "stack_1", object: "promotion_stack" };
const redemption = { id: "r_1", object: "redemption" };

describe("stackRole", () => {
  it.each<[string, JsonObject, "redeemable" | "stack" | null]>([
    ["a voucher", { redemption, voucher }, "redeemable"],
    ["a voucher and no tier", { redemption, voucher, promotion_tier: null, promotion_stack: null }, "redeemable"],
    ["a promotion tier and no voucher", { redemption, voucher: null, promotion_tier }, "redeemable"],
    ["a tier of a promotion stack", { redemption, voucher: null, promotion_tier, promotion_stack }, "redeemable"],
    ["a voucher inside the redemption", { redemption: { ...redemption, voucher } }, "redeemable"],
    ["a tier inside the redemption", { redemption: { ...redemption, promotion_tier } }, "redeemable"],
    ["no voucher and no tier", { redemption, voucher: null, promotion_tier: null }, "stack"],
    ["a promotion stack and no tier", { redemption, promotion_stack }, "stack"],
    ["nothing but the redemption", { redemption }, null],
    [
      "a voucher that it names only by kind",
      { redemption: { ...redemption, related_object_type: "voucher" } },
      "redeemable",
    ],
    ["the redemptions it is made of", { redemption: { ...redemption, redemptions: [] } }, "stack"],
    [
      "redemptions for what it relates to",
      { redemption: { ...redemption, related_object_type: "redemption" } },
      "stack",
    ],
    ["nothing", {}, null],
    ["a voucher that is only null", { voucher: null }, null],
    ["a redemption that is no object", { redemption: "r_1", voucher: null }, null],
  ])("takes a redemption with %s for %3$s", (_name, data, role) => {
    expect(stackRole("redemption.succeeded", data)).toBe(role);
    expect(stackRole("customer.redemption.succeeded", data)).toBe(role);
  });

  it.each<[string, JsonObject, "redeemable" | "stack"]>([
    ["one redeemable", { redemption_rollback: { id: "rr_1" }, redemption, voucher }, "redeemable"],
    ["the whole stack", { redemption_rollback: { id: "rr_1" }, redemption, voucher: null }, "stack"],
  ])("tells a rollback of %s", (_name, data, role) => {
    expect(stackRole("redemption.rollback.succeeded", data)).toBe(role);
    expect(stackRole("customer.redemption.rollback.succeeded", data)).toBe(role);
  });

  it("takes a redemption of v2018-08-01 without voucher and tier for the stack, unless it failed", () => {
    expect(stackRole("redemption.succeeded", { redemption }, "v2018-08-01")).toBe("stack");
    expect(stackRole("redemption.rollback.succeeded", { redemption_rollback: redemption }, "v2018-08-01")).toBe(
      "stack",
    );
    expect(stackRole("redemption.failed", { redemption }, "v2018-08-01")).toBeNull();
    expect(stackRole("redemption.succeeded", { redemption, voucher }, "v2018-08-01")).toBe("redeemable");
  });

  it.each(["voucher.created", "publication.succeeded", "customer.reward_redemptions.completed", "redemptions.x", ""])(
    "gives %j no role, whatever it holds",
    (type) => {
      expect(stackRole(type, { redemption, voucher })).toBeNull();
      expect(stackRole(type, { redemption, voucher: null, promotion_stack })).toBeNull();
    },
  );
});

describe("the n + 1 redemptions of a stack", () => {
  /** One of them: the same event, group and customer, another sendout. */
  function announcement(number: number, parts: JsonObject) {
    const sendout = exampleSendout("redemption.succeeded");
    const data = sendout?.["data"];
    if (!isJsonObject(data)) throw new Error("no example of redemption.succeeded");
    const normalised = normalise(
      bytes(JSON.stringify({ ...sendout, id: `whs_stack${number}`, data: { ...data, ...parts } })),
    );
    if (!normalised.ok) throw new Error(normalised.detail);
    return normalised.value;
  }

  const announcements = [
    announcement(1, { redemption, voucher: { ...voucher, code: "A" } }),
    announcement(2, { redemption, voucher: { ...voucher, code: "B" } }),
    announcement(3, { redemption, voucher: null, promotion_tier }),
    announcement(4, { redemption, voucher: null, promotion_tier: null }),
  ];

  it("have roles that tell the stack from its redeemables", () => {
    expect(announcements.map(({ stack }) => stack)).toEqual(["redeemable", "redeemable", "redeemable", "stack"]);
  });

  it("are no repeats of each other, though of one event, group and customer", () => {
    expect(new Set(announcements.map(({ dedupeKey }) => dedupeKey)).size).toBe(4);
    for (const same of ["eventRef", "groupId", "orderKey"] as const) {
      expect(new Set(announcements.map((event) => event[same])).size, same).toBe(1);
    }
  });
});
