// A stack of n redeemables is announced n + 1 times: once for each redeemable and once for the stack. They share the
// event type, the group and the customer, and must not be taken for repeats of each other, nor be counted twice.

import { isJsonObject, type JsonObject } from "./read-json.ts";

/** Which of the n + 1 a redemption is. Voucherify does not document it; this is told by what `data` holds. */
export type StackRole = "redeemable" | "stack";

/** The role of a redemption or rollback; null for other events, and for redemptions that show neither. */
export function stackRole(type: string, data: JsonObject): StackRole | null {
  if (!/^(?:customer\.)?redemption\./.test(type)) return null;
  const redemption = data["redemption_rollback"] ?? data["redemption"];
  if (isJsonObject(data["voucher"]) || isJsonObject(data["promotion_tier"])) return "redeemable";
  if (isJsonObject(redemption)) {
    if (isJsonObject(redemption["voucher"]) || isJsonObject(redemption["promotion_tier"])) return "redeemable";
    // The stack's own announcement names no single redeemable.
    if (isJsonObject(data["promotion_stack"])) return "stack";
    // A failed redemption of one voucher may name none either.
    if (data["voucher"] === null && !type.endsWith(".failed")) return "stack";
  }
  return null;
}
