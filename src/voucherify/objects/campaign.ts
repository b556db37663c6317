// The campaign: in short in most events, in full in those about the campaign itself.

import { categoryEntries } from "./category.ts";
import { DiscountSchema, GiftSchema } from "./discount.ts";
import * as f from "./field.ts";
import { PromotionTierSchema } from "./promotion.ts";
import { RuleAssignmentListSchema } from "./validation-rule.ts";
import { periodEntries, timetableEntries } from "./validity.ts";

const templateEntries = {
  type: f.choice("Which kind of vouchers", ["DISCOUNT_VOUCHER", "GIFT_VOUCHER", "LOYALTY_CARD"]),
  discount: f.orNull(f.part(DiscountSchema)),
  gift: f.orNull(f.part(GiftSchema)),
  loyalty_card: f.orNull(
    f.group("Points of its cards", {
      points: f.points("Points a new card starts with", 0),
      expiration_rules: f.orNull(
        f.group("When points expire", {
          period_type: f.choice("How the time is counted", ["MONTH", "FIXED_DAY_OF_YEAR"]),
          period_value: f.count("After how many months", 12),
          rounding_type: f.text("Rounded up to", "END_OF_MONTH"),
          rounding_value: f.number("Month to round up to", 1),
          fixed_month: f.seldom(f.number("FIXED_DAY_OF_YEAR: the month", 12)),
          fixed_day: f.seldom(f.number("FIXED_DAY_OF_YEAR: the day", 31)),
        }),
      ),
    }),
  ),
  redemption: f.group("How often one may be used", {
    quantity: f.orNull(f.count("How often, null for any number", 1)),
    redeemed_quantity: f.count("How often so far", 0),
  }),
  code_config: f.group("How codes are made", {
    length: f.count("Length of the random part", 4),
    charset: f.text("Characters used", "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
    prefix: f.text("Begins with", "AUTUMN-15-"),
    postfix: f.text("Ends with", ""),
    pattern: f.text("Pattern, each # is a random character", "AUTUMN-15-####"),
  }),
};

const ReferralProgramSchema = f.shape("", "How referrals work", {
  conversion_event_type: f.choice("What completes a referral", ["redemption", "custom_event"]),
  custom_event: f.seldom(
    f.group("The custom event that does", { id: f.id("ms_", "Its id"), name: f.text("Its name", "newsletter_joined") }),
  ),
  referee_reward: f.group("What the new customer gets", {
    type: f.choice("Which kind of voucher", ["GIFT_VOUCHER", "LOYALTY_CARD", "DISCOUNT_VOUCHER"]),
    amount: f.orNull(f.amount("Credit or points", 1_000)),
    related_object_parent: f.group("The campaign it comes from", {
      id: f.id("camp_", "Its id", "reward"),
      name: f.text("Its name", "Thank-you codes"),
      object: f.text("Always `CAMPAIGN`", "CAMPAIGN"),
    }),
  }),
});

/** The campaign in short. In `voucher.updated` it may be cut down to id, name and object. */
export const SimpleCampaignSchema = f.shape("campaign", "The campaign, in short", {
  id: f.id("camp_", "Voucherify's id of the campaign"),
  name: f.text("Name", "Autumn lights"),
  campaign_type: f.choice("Which kind of campaign", [
    "DISCOUNT_COUPONS",
    "GIFT_VOUCHERS",
    "LOYALTY_PROGRAM",
    "REFERRAL_PROGRAM",
    "PROMOTION",
  ]),
  type: f.choice("How new vouchers come", ["AUTO_UPDATE", "STATIC", "STANDALONE"]),
  is_referral_code: f.flag("Whether its codes are referral codes", false),
  voucher: f.orNull(f.group("What its vouchers are like", templateEntries)),
  referral_program: f.orNull(f.part(ReferralProgramSchema)),
  auto_join: f.flag("Whether customers join by themselves", false),
  join_once: f.flag("Whether each customer gets one voucher only", true),
  active: f.flag("Whether it is switched on", true),
  ...categoryEntries,
  ...periodEntries,
  description: f.orNull(f.text("Your note on the campaign", "15 % off lamps in autumn")),
  metadata: f.metadata({ season: "autumn" }),
  created_at: f.instant("When it was created", "2026-08-28T07:45:19.640Z"),
  updated_at: f.orNull(f.instant("When it was last changed", "2026-09-14T10:02:51.093Z")),
  object: f.objectName("campaign"),
});

const TierExpirySchema = f.shape("", "How long loyalty tiers last", {
  qualification_type: f.choice("What decides the tier", ["BALANCE", "POINTS_IN_PERIOD"]),
  qualification_period: f.choice("Over which period", ["YEAR", "HALF_YEAR", "QUARTER", "MONTH"]),
  start_date: f.group("When a tier begins", { type: f.choice("Now or later", ["IMMEDIATE", "NEXT_PERIOD"]) }),
  expiration_date: f.group("When a tier ends", {
    type: f.choice("How that is decided", ["END_OF_PERIOD", "END_OF_NEXT_PERIOD", "BALANCE_DROP", "CUSTOM"]),
    extend: f.text("How much longer, ISO 8601 duration", "P2M"),
    rounding: f.group("How it is rounded", {
      type: f.choice("To the end or start of", ["MONTH", "QUARTER", "HALF_YEAR", "YEAR", "CUSTOM"]),
      strategy: f.choice("End or start", ["END", "START"]),
      unit: f.text("CUSTOM: unit", "MONTH"),
      value: f.number("CUSTOM: how many", 1),
    }),
  }),
});

const generation = ["DONE", "IN_PROGRESS", "FAILED", "DRAFT", "MODIFYING"] as const;

/** The campaign in full. */
export const CampaignSchema = f.shape("campaign", "The campaign with all that is known of it", {
  ...SimpleCampaignSchema.entries,
  voucher: f.orNull(
    f.group("What its vouchers are like", {
      ...templateEntries,
      is_referral_code: f.flag("Whether its codes are referral codes", false),
      ...periodEntries,
      ...timetableEntries,
    }),
  ),
  ...timetableEntries,
  activity_duration_after_publishing: f.mostlyNull(
    f.text("How long a code works once given, ISO 8601 duration", "P30D"),
  ),
  use_voucher_metadata_schema: f.flag("Whether its vouchers follow the metadata schema of vouchers", false),
  vouchers_count: f.count("How many vouchers it has", 250),
  creation_status: f.choice("How far its creation is", generation),
  vouchers_generation_status: f.choice("How far making its vouchers is", generation),
  protected: f.flag("Whether it is protected against changes", false),
  loyalty_tiers_expiration: f.orNull(f.part(TierExpirySchema)),
  promotion: f.orNull(
    f.seldom(
      f.group("Promotion: its tiers", {
        object: f.text("Always `list`", "list"),
        data_ref: f.text("Key under which the items are", "tiers"),
        tiers: f.list(PromotionTierSchema, "The tiers"),
        total: f.count("How many", 1),
        has_more: f.flag("Whether there are more", false),
      }),
    ),
  ),
  validation_rules_assignments: f.seldom(f.part(RuleAssignmentListSchema)),
  access_settings_assignments: f.seldom(f.open("Areas and stores it is limited to", {})),
});
