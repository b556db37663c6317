// What changed on a gift card or loyalty card, and what is on it now.

import * as f from "./field.ts";

const cardEntries = {
  object: f.objectName("balance"),
  related_object: f.group("The card", {
    id: f.id("v_", "Id of the voucher"),
    type: f.text("Always `voucher`", "voucher"),
  }),
};

const OPERATION = f.choice("By hand or by a rule", ["AUTOMATIC", "MANUAL"]);

/** Credit added to or taken from a gift card. */
export const GiftBalanceSchema = f.shape("gift_balance", "The change of the credit", {
  type: f.text("Always `gift_voucher`", "gift_voucher"),
  amount: f.amount("Credit added, negative when taken away", 2_500),
  total: f.amount("Credit put on the card so far", 10_000),
  balance: f.amount("Credit left", 6_500),
  operation_type: f.choice("By hand or by a rule", ["MANUAL", "AUTOMATIC"]),
  ...cardEntries,
});

/** Points added to or taken from a loyalty card. */
export const PointsBalanceSchema = f.shape("points_balance", "The change of the points", {
  type: f.text("Always `loyalty_card`", "loyalty_card"),
  points: f.points("Points added, negative when taken away", 120),
  amount: f.seldom(f.amount("Gift card: credit added", 2_500)),
  total: f.points("Points earned so far", 540),
  balance: f.points("Points left", 420),
  operation_type: OPERATION,
  ...cardEntries,
});

/** Points that will be active later: how many were added, and how many wait altogether. */
export const PendingBalanceSchema = f.shape("pending_balance", "The change of the points that wait", {
  type: f.seldom(f.text("Always `loyalty_card`", "loyalty_card")),
  points: f.points("Points added, negative when taken away", 120),
  amount: f.seldom(f.amount("Gift card: credit added", 2_500)),
  total: f.points("Points that wait altogether", 120),
  balance: f.seldom(f.points("Points left", 420)),
  operation_type: OPERATION,
  ...cardEntries,
});

/** What a reward cost. */
export const RewardBalanceSchema = f.shape("", "What the reward added or cost", {
  amount: f.amount("Credit or points", 100),
  points: f.seldom(f.points("Points", 100)),
});
