// Validation rules and their assignments.

import { SimpleCampaignSchema } from "../objects/campaign.ts";
import { RuleDistributionSchema } from "../objects/distribution.ts";
import { instant } from "../objects/field.ts";
import { SimpleEarningRuleSchema } from "../objects/loyalty.ts";
import { SimplePromotionTierSchema } from "../objects/promotion.ts";
import { RuleAssignmentSchema, ValidationRuleSchema } from "../objects/validation-rule.ts";
import { SimpleVoucherSchema } from "../objects/voucher.ts";
import { define, maybe, maybeOrNull, type EventDefinition } from "./definition.ts";

const rule = { rule: maybeOrNull(ValidationRuleSchema) };
const shared = { on: "project", legacy: true, entity: "rule" } as const;
const assignment = {
  ...shared,
  data: {
    ...rule,
    assignment: maybeOrNull(RuleAssignmentSchema),
    voucher: maybe(SimpleVoucherSchema),
    campaign: maybeOrNull(SimpleCampaignSchema),
    distribution: maybeOrNull(RuleDistributionSchema),
    promotion_tier: maybeOrNull(SimplePromotionTierSchema),
    earning_rule: maybeOrNull(SimpleEarningRuleSchema),
  },
} as const;

/** Event types about validation rules. */
export const RULE_EVENTS: readonly EventDefinition[] = [
  define("business_validation_rule.created", "A validation rule was created", {
    ...shared,
    data: { ...rule, created_at: maybe(instant("When it was created")) },
  }),
  define("business_validation_rule.updated", "A validation rule was changed", {
    ...shared,
    data: { ...rule, updated_at: maybe(instant("When it was changed")) },
  }),
  define("business_validation_rule.deleted", "A validation rule was deleted", {
    ...shared,
    data: { ...rule, deleted_at: maybe(instant("When it was deleted")) },
  }),
  define("business_validation_rule.assignment.created", "A validation rule was assigned to something", assignment),
  define("business_validation_rule.assignment.deleted", "A validation rule was taken off something", assignment),
];
