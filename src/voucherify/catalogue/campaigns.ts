// Campaigns and what belongs to them. For many of these nobody documents `data`; what stands here for those is taken
// from their neighbours, which all carry the campaign in short and the thing that changed.

import { CampaignSchema, SimpleCampaignSchema } from "../objects/campaign.ts";
import { count, instant, type AnySchema } from "../objects/field.ts";
import { EarningRuleSchema, LoyaltyTierSchema } from "../objects/loyalty.ts";
import { ReferralTierSchema } from "../objects/people.ts";
import { PromotionStackSchema, PromotionTierSchema } from "../objects/promotion.ts";
import { RewardAssignmentSchema, RewardDefinitionSchema } from "../objects/reward.ts";
import { define, maybe, maybeOrNull, type DataKey, type EventDefinition } from "./definition.ts";

const campaign = { campaign: maybeOrNull(CampaignSchema) };
const project = { on: "project", entity: "campaign" } as const;
const legacy = { ...project, legacy: true } as const;

/** Event types about campaigns. */
export const CAMPAIGN_EVENTS: readonly EventDefinition[] = [
  define("campaign.created", "A campaign was created", {
    ...legacy,
    data: { ...campaign, created_at: maybe(instant("When it was created")) },
  }),
  define("campaign.updated", "A campaign was changed", { ...legacy, data: campaign }),
  define("campaign.enabled", "A campaign was switched on", { ...legacy, data: campaign }),
  define("campaign.disabled", "A campaign was switched off", { ...legacy, data: campaign }),
  define("campaign.deleted", "A campaign was deleted", {
    ...legacy,
    data: { ...campaign, deleted_at: maybe(instant("When it was deleted")) },
  }),
  define("campaign.vouchers.generation.completed", "All vouchers of a campaign were made", {
    ...legacy,
    data: {
      campaign: maybeOrNull(SimpleCampaignSchema),
      count: maybe(count("How many vouchers were made", 250)),
      completed_at: maybe(instant("When they were ready")),
    },
  }),
  unknown("campaign.vouchers.generation.started", "Vouchers of a campaign began to be made", {}),
  unknown("campaign.vouchers.generation.failed", "Vouchers of a campaign could not be made", {}),
  unknown("campaign.vouchers.added", "Vouchers were added to a campaign", {}),
  ...["created", "updated", "deleted"].map((change) =>
    define(`campaign.loyalty_tier.${change}`, `A tier of a loyalty campaign was ${change}`, {
      ...project,
      data: changed("loyalty_tier", LoyaltyTierSchema),
    }),
  ),
  ...["created", "updated", "enabled", "disabled", "deleted"].map((change) =>
    define(`campaign.promotion_tier.${change}`, `A tier of a promotion was ${change}`, {
      ...project,
      data: changed("promotion_tier", PromotionTierSchema),
      aliases: [`campaign.promotion.tier.${change}`],
    }),
  ),
  ...["created", "updated"].map((change) =>
    unknown(`campaign.promotion_stack.${change}`, `A stack of a promotion was ${change}`, {
      promotion_stack: maybe(PromotionStackSchema),
    }),
  ),
  ...["created", "updated", "deleted"].map((change) =>
    unknown(`campaign.referral_tier.${change}`, `A tier of a referral campaign was ${change}`, {
      referral_tier: maybe(ReferralTierSchema),
    }),
  ),
  ...["assigned", "updated", "enabled", "disabled", "deleted"].map((change) =>
    unknown(`campaign.earning_rule.${change}`, `An earning rule of a loyalty campaign was ${change}`, {
      earning_rule: maybe(EarningRuleSchema),
    }),
  ),
  ...["created", "updated", "deleted"].map((change) =>
    unknown(`campaign.reward.assignment.${change}`, `A reward's place in a campaign was ${change}`, {
      reward: maybe(RewardDefinitionSchema),
      reward_assignment: maybe(RewardAssignmentSchema),
    }),
  ),
];

function changed(key: string, schema: AnySchema): Record<string, DataKey> {
  return { campaign: maybe(SimpleCampaignSchema), [key]: maybe(schema) };
}

function unknown(type: string, meaning: string, data: Record<string, DataKey>): EventDefinition {
  return define(type, meaning, {
    ...project,
    undocumented: true,
    data: { campaign: maybe(SimpleCampaignSchema), ...data },
  });
}
