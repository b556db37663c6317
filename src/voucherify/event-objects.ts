// Typed access to the objects that many events carry. Lenient on purpose: two thirds of the vendor's own examples break
// the vendor's own schemas, so a field of the wrong kind is left out and takes nothing else with it.

import * as v from "valibot";
import { GiftBalanceSchema, PointsBalanceSchema } from "./objects/balance.ts";
import { CampaignSchema } from "./objects/campaign.ts";
import { CustomerSchema, SimpleCustomerSchema } from "./objects/customer.ts";
import { CustomEventSchema } from "./objects/event.ts";
import type { AnySchema } from "./objects/field.ts";
import { EarningRuleSchema, LoyaltyTierSchema, PendingPointsSchema } from "./objects/loyalty.ts";
import { OrderSchema } from "./objects/order.ts";
import { SegmentSchema } from "./objects/people.ts";
import { PromotionTierSchema } from "./objects/promotion.ts";
import { PublicationSchema } from "./objects/publication.ts";
import { readSchema } from "./objects/read-schema.ts";
import { FullRedemptionSchema, RollbackSchema } from "./objects/redemption.ts";
import { RewardSchema } from "./objects/reward.ts";
import { GiftTransactionSchema, PointsTransactionSchema } from "./objects/transaction.ts";
import { VoucherSchema } from "./objects/voucher.ts";
import { isJsonObject, type JsonObject } from "./read-json.ts";

/** The objects by their key in `data`, each with all that it has in any event. */
const OBJECTS = {
  customer: CustomerSchema,
  holder: SimpleCustomerSchema,
  referrer: SimpleCustomerSchema,
  voucher: VoucherSchema,
  campaign: CampaignSchema,
  redemption: FullRedemptionSchema,
  redemption_rollback: RollbackSchema,
  order: OrderSchema,
  balance: v.looseObject({ ...GiftBalanceSchema.entries, ...PointsBalanceSchema.entries }),
  transaction: v.looseObject({ ...GiftTransactionSchema.entries, ...PointsTransactionSchema.entries }),
  pending_points: PendingPointsSchema,
  loyalty_tier: LoyaltyTierSchema,
  earning_rule: EarningRuleSchema,
  publication: PublicationSchema,
  promotion_tier: PromotionTierSchema,
  reward: RewardSchema,
  segment: SegmentSchema,
  custom_event: CustomEventSchema,
} as const;

/** Keys of `data` with typed access. */
export type ObjectKey = keyof typeof OBJECTS;

/** An object of an event: every field may be missing, and fields that are not known here come along untyped. */
export type EventObject<K extends ObjectKey> = v.InferOutput<(typeof OBJECTS)[K]>;

/** An object of an event's `data`; undefined when the event has none there, or null. */
export function readEventObject<K extends ObjectKey>(data: JsonObject, key: K): EventObject<K> | undefined {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (!isJsonObject(value)) return undefined;
  // What is left out of an object may be missing by its type, so what remains is still of that type.
  return fitting(OBJECTS[key], value) as EventObject<K>;
}

/** A value without those parts that are not what their schema says; undefined when nothing fits. */
function fitting(schema: AnySchema, value: unknown): unknown {
  const fits: boolean = v.is(schema, value); // as a guard it would leave nothing to go on with
  if (fits) return value;
  const { entries, item } = readSchema(schema);
  if (Array.isArray(value) && item !== undefined) {
    return value.map((one) => fitting(item, one)).filter((one) => one !== undefined);
  }
  if (!isJsonObject(value) || Object.keys(entries).length === 0) return undefined;
  const fields = Object.entries(value).flatMap(([name, inner]) => {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    const kept = entry === undefined ? inner : fitting(entry, inner);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return Object.fromEntries(fields);
}
