// The voucher: a discount code, a gift card or a loyalty card. In short in most events, in full where the event is about
// the voucher itself.

import { categoryEntries } from "./category.ts";
import { DiscountSchema, GiftSchema, LoyaltyCardSchema } from "./discount.ts";
import * as f from "./field.ts";
import { periodEntries, timetableEntries } from "./validity.ts";
import { RuleAssignmentListSchema } from "./validation-rule.ts";

const usageEntries = {
  quantity: f.orNull(f.count("How often it may be redeemed, null for any number", 1)),
  redeemed_quantity: f.count("How often it has been redeemed", 1),
  redeemed_amount: f.amount("Gift card: credit spent", 3_500),
  redeemed_points: f.points("Loyalty card: points spent", 120),
};

/** The voucher in short. Which of `discount`, `gift` and `loyalty_card` it has depends on `type`. */
export const SimpleVoucherSchema = f.shape("voucher", "The voucher: a code, gift card or loyalty card", {
  id: f.id("v_", "Voucherify's id of the voucher"),
  code: f.orNull(f.text("The code", "AUTUMN-15-K7QP")),
  type: f.choice("Which kind of voucher", ["DISCOUNT_VOUCHER", "GIFT_VOUCHER", "LOYALTY_CARD"]),
  discount: f.orNull(f.part(DiscountSchema)),
  gift: f.orNull(f.part(GiftSchema)),
  loyalty_card: f.orNull(f.part(LoyaltyCardSchema)),
  campaign: f.orNull(f.text("Name of its campaign", "Autumn lights")),
  campaign_id: f.orNull(f.id("camp_", "Id of its campaign")),
  is_referral_code: f.orNull(f.flag("Whether it is a referral code", false)),
  holder_id: f.orNull(f.id("cust_", "Id of the customer who holds it")),
  referrer_id: f.orNull(f.seldom(f.id("cust_", "Id of the customer who referred its holder", "referrer"))),
  ...categoryEntries,
  active: f.orNull(f.flag("Whether it can be used", true)),
  ...periodEntries,
  redemption: f.group("How often it may be and was used", usageEntries),
  metadata: f.metadata({ print: "card" }),
  created_at: f.instant("When it was created", "2026-09-01T06:10:44.901Z"),
  updated_at: f.orNull(f.instant("When it was last changed")),
  object: f.objectName("voucher"),
});

const ImageSchema = f.shape("", "An image", {
  id: f.text("Id of the image", "b7b1a9f0c4"),
  url: f.text("Where the image is", "https://images.example.com/b7b1a9f0c4.png"),
});

const pageEntries = {
  object: f.text("Always `list`", "list"),
  url: f.orNull(f.text("Path of the list in Voucherify's API", "/v1/vouchers/AUTUMN-15-K7QP/publications")),
};

/** The voucher in full. */
export const VoucherSchema = f.shape("voucher", "The voucher with all that is known of it", {
  ...SimpleVoucherSchema.entries,
  additional_info: f.orNull(f.text("Your note on the voucher", "For the autumn leaflet")),
  ...timetableEntries,
  assets: f.group("Images of the code", {
    qr: f.part(ImageSchema, "The code as QR code"),
    barcode: f.part(ImageSchema, "The code as bar code"),
  }),
  publish: f.group("To whom it was given", { count: f.count("How often it was given", 1), ...pageEntries }),
  redemption: f.group("How often it may be and was used", { ...usageEntries, ...pageEntries }),
  validation_rules_assignments: f.part(RuleAssignmentListSchema, "Rules that decide whether it can be used"),
});
