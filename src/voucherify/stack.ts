// A stack of n redeemables is announced n + 1 times: once for each redeemable and once for the stack. They share the
// event type, the group and the customer, and must not be taken for repeats of each other, nor be counted twice.

import { isJsonObject, type JsonObject } from "./read-json.ts";

/** Which of the n + 1 a redemption is. Voucherify does not document it; this is told by what `data` holds. */
export type StackRole = "redeemable" | "stack";

/**
 * The role of a redemption or rollback; null for other events, and for redemptions that show neither.
 *
 * @param version v2018-08-01 always had the redeemable inside the redemption, so that none there means the stack
 */
export function stackRole(
  type: string,
  data: JsonObject,
  version?: "v2018-08-01" | "v2024-01-01" | null,
): StackRole | null {
  if (!/^(?:customer\.)?redemption\./.test(type)) return null;
  const redemption = data["redemption_rollback"] ?? data["redemption"];
  if (namesRedeemable(data)) return "redeemable";
  if (!isJsonObject(redemption)) return null;
  const about = redemption["related_object_type"];
  if (namesRedeemable(redemption) || about === "voucher" || about === "promotion_tier") return "redeemable";
  // The stack's own announcement names no single redeemable, but the redemptions it is made of.
  const whole = about === "redemption" || Array.isArray(redemption["redemptions"]);
  if (whole || isJsonObject(data["promotion_stack"])) return "stack";
  // A failed redemption of one voucher may name none either.
  if (type.endsWith(".failed")) return null;
  return data["voucher"] === null || version === "v2018-08-01" ? "stack" : null;
}

function namesRedeemable(things: JsonObject): boolean {
  return isJsonObject(things["voucher"]) || isJsonObject(things["promotion_tier"]);
}
