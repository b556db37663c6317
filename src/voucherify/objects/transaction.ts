// Transactions: each change of the credit of a gift card or the points of a loyalty card.

import { GiftBalanceSchema, PointsBalanceSchema } from "./balance.ts";
import * as f from "./field.ts";
import { originEntries, PendingPointsSchema } from "./loyalty.ts";
import { SimpleVoucherSchema } from "./voucher.ts";

const transactionEntries = {
  id: f.id("vtx_", "Voucherify's id of the transaction"),
  source_id: f.orNull(f.text("Your own id of the transaction", "till-7-000931")),
  voucher_id: f.id("v_", "Id of the card"),
  campaign_id: f.orNull(f.id("camp_", "Id of the card's campaign")),
  source: f.orNull(f.text("What made the change", "API")),
  reason: f.orNull(f.text("Reason given", "Lamp came late")),
  related_transaction_id: f.mostlyNull(f.id("vtx_", "Id of the transaction this one answers", "source")),
  created_at: f.instant("When it happened"),
};

const redemptionEntries = {
  redemption: f.seldom(f.group("The redemption behind it", { id: f.id("r_", "Its id") })),
  rollback: f.seldom(f.group("The rollback behind it", { id: f.id("rr_", "Its id") })),
};

/** A change of a gift card's credit. */
export const GiftTransactionSchema = f.shape("gift_transaction", "The change, as a transaction", {
  ...transactionEntries,
  type: f.choice("What happened", ["CREDITS_ADDITION", "CREDITS_REDEMPTION", "CREDITS_REFUND", "CREDITS_REMOVAL"]),
  details: f.orNull(
    f.group("What changed, and why", {
      balance: f.part(GiftBalanceSchema),
      order: f.seldom(originEntries.order),
      ...redemptionEntries,
    }),
  ),
});

/** A change of a loyalty card's points. */
export const PointsTransactionSchema = f.shape("points_transaction", "The change, as a transaction", {
  ...transactionEntries,
  type: f.choice("What happened", [
    "POINTS_ACCRUAL",
    "POINTS_REDEMPTION",
    "POINTS_REFUND",
    "POINTS_ADDITION",
    "POINTS_REMOVAL",
    "POINTS_EXPIRATION",
    "POINTS_TRANSFER_IN",
    "POINTS_TRANSFER_OUT",
    "PENDING_POINTS_ACTIVATION",
  ]),
  details: f.orNull(
    f.group("What changed, and why", {
      balance: f.part(PointsBalanceSchema),
      ...originEntries,
      event: f.group("The event behind it", {
        id: f.id("evcus_", "Its id", "source"),
        type: f.text("Its type", "customer.order.paid"),
      }),
      segment: f.seldom(f.named("seg_", "The segment that was entered", "Harbour customers")),
      ...redemptionEntries,
      custom_event: f.seldom(
        f.group("The custom event behind it", {
          id: f.id("event_", "Its id"),
          type: f.text("Its name", "newsletter_joined"),
        }),
      ),
      event_schema: f.seldom(f.named("ms_", "The definition of that event", "newsletter_joined")),
      pending_points: f.seldom(f.part(PendingPointsSchema)),
      reward: f.seldom(f.named("rew_", "The reward that was taken", "15 % off a lantern")),
      source_voucher: f.seldom(f.part(SimpleVoucherSchema, "Card the points came from", "source")),
      destination_voucher: f.seldom(f.part(SimpleVoucherSchema, "Card the points went to", "destination")),
    }),
  ),
});
