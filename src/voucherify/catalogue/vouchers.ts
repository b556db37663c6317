// Vouchers and how customers got them.

import { SimpleCampaignSchema } from "../objects/campaign.ts";
import { SimpleCustomerSchema } from "../objects/customer.ts";
import { instant, list } from "../objects/field.ts";
import { HolderSchema, UserSchema } from "../objects/people.ts";
import { PublicationSchema, VoucherPublicationSchema } from "../objects/publication.ts";
import { SimpleVoucherSchema, VoucherSchema } from "../objects/voucher.ts";
import { always, alwaysOrNull, define, maybe, maybeOrNull, seen, type EventDefinition } from "./definition.ts";

const publication = {
  customer: maybeOrNull(SimpleCustomerSchema),
  campaign: maybeOrNull(SimpleCampaignSchema),
  publication: maybeOrNull(PublicationSchema),
  voucher: maybe(SimpleVoucherSchema),
};

const holding = {
  on: "neither",
  entity: "customer",
  data: {
    holder: always(HolderSchema),
    voucher: always(SimpleVoucherSchema),
    campaign: always(SimpleCampaignSchema),
    customer: always(SimpleCustomerSchema),
  },
} as const;

/** Event types about vouchers and publications. */
export const VOUCHER_EVENTS: readonly EventDefinition[] = [
  voucherEvent("voucher.created", "A single voucher was created; not sent for vouchers made in bulk"),
  voucherEvent("voucher.updated", "A single voucher was changed; not sent for changes in bulk"),
  voucherEvent("voucher.enabled", "A voucher was switched on"),
  voucherEvent("voucher.disabled", "A voucher was switched off"),
  voucherEvent("voucher.deleted", "A voucher was deleted"),
  define("voucher.published", "A voucher was given to a customer", {
    on: "project",
    legacy: true,
    entity: "voucher",
    data: { ...publication, created_at: maybe(instant("When it was given")) },
  }),
  define("publication.succeeded", "Vouchers were given to a customer; goes with voucher.published", {
    on: "project",
    legacy: true,
    entity: "publication",
    data: {
      ...publication,
      vouchers: seen(list(SimpleVoucherSchema, "The vouchers that were given")),
      user: maybeOrNull(UserSchema),
    },
  }),
  define("customer.publication.succeeded", "A customer was given a voucher", {
    on: "distribution",
    entity: "customer",
    data: {
      customer: alwaysOrNull(SimpleCustomerSchema),
      campaign: alwaysOrNull(SimpleCampaignSchema),
      publication: alwaysOrNull(VoucherPublicationSchema),
      voucher: always(SimpleVoucherSchema),
    },
  }),
  define("customer.holder.assignment.created", "A customer became the holder of a voucher", holding),
  define("customer.holder.assignment.deleted", "A customer is no longer the holder of a voucher", holding),
];

function voucherEvent(type: string, meaning: string): EventDefinition {
  return define(type, meaning, {
    on: "project",
    legacy: true,
    entity: "voucher",
    data: { voucher: maybeOrNull(VoucherSchema), campaign: maybeOrNull(SimpleCampaignSchema) },
  });
}
