// Redemptions, rollbacks and the customer events about the same.

import { SimpleCampaignSchema } from "../objects/campaign.ts";
import { SimpleCustomerSchema } from "../objects/customer.ts";
import { inRole, instant } from "../objects/field.ts";
import { SimpleOrderSchema } from "../objects/order.ts";
import { PromotionStackSchema, SimplePromotionTierSchema } from "../objects/promotion.ts";
import { RedemptionSchema, RollbackSchema } from "../objects/redemption.ts";
import { SimpleVoucherSchema } from "../objects/voucher.ts";
import { define, maybe, maybeOrNull, type EventDefinition } from "./definition.ts";

const data = {
  customer: maybeOrNull(SimpleCustomerSchema),
  order: maybeOrNull(SimpleOrderSchema),
  campaign: maybeOrNull(SimpleCampaignSchema),
  voucher: maybeOrNull(SimpleVoucherSchema),
  holder: maybeOrNull(inRole(SimpleCustomerSchema, "The customer who holds the voucher")),
  promotion_tier: maybeOrNull(SimplePromotionTierSchema),
  promotion_stack: maybeOrNull(PromotionStackSchema),
  redemption: maybeOrNull(RedemptionSchema),
};
const dated = { ...data, created_at: maybe(instant("When it happened")) };
const rollback = { ...data, redemption_rollback: maybe(RollbackSchema) };

/** Event types about redemptions. */
export const REDEMPTION_EVENTS: readonly EventDefinition[] = [
  define("redemption.succeeded", "A voucher or promotion was redeemed; a stack sends one more for the whole", {
    on: "project",
    legacy: true,
    entity: "redemption",
    data: dated,
  }),
  define("redemption.failed", "A redemption was refused", {
    on: "project",
    legacy: true,
    entity: "redemption",
    data: dated,
  }),
  define("redemption.rollback.succeeded", "A redemption was taken back", {
    on: "project",
    legacy: true,
    entity: "redemption_rollback",
    data: rollback,
  }),
  define("redemption.rollback.failed", "A redemption could not be taken back", {
    on: "project",
    legacy: true,
    entity: "redemption_rollback",
    data: rollback,
  }),
  define("customer.redemption.succeeded", "A customer redeemed a voucher or promotion", {
    on: "distribution",
    entity: "customer",
    data,
  }),
  define("customer.redemption.rollback.succeeded", "A customer's redemption was taken back", {
    on: "distribution",
    entity: "customer",
    data: rollback,
  }),
];
