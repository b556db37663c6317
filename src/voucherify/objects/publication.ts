// Publications: that a customer was given a code.

import { PartialCustomerSchema } from "./customer.ts";
import * as f from "./field.ts";
import { VoucherSchema } from "./voucher.ts";

/** A publication, as project webhooks and distributions carry it. */
export const PublicationSchema = f.shape("publication", "That the customer was given a code", {
  id: f.id("pub_", "Voucherify's id of the publication"),
  customer_id: f.id("cust_", "Id of the customer"),
  tracking_id: f.text("Voucherify's fingerprint of the customer", "crm-20417"),
  channel: f.text("How the code was given", "API"),
  source_id: f.orNull(f.text("Your own id of the publication", "mail-5512")),
  result: f.choice("Whether it worked", ["SUCCESS"]),
  customer: f.part(PartialCustomerSchema),
  vouchers_id: f.ids("v_", "Ids of the vouchers given"),
  metadata: f.metadata({ method: "manual" }),
  created_at: f.instant("When the code was given"),
  object: f.objectName("publication"),
});

/** A publication with the voucher that was given. */
export const VoucherPublicationSchema = f.shape("publication", "That the customer was given a code, and the code", {
  ...PublicationSchema.entries,
  voucher: f.part(VoucherSchema),
});

/** A publication by a distribution. */
export const DistributionPublicationSchema = f.shape("publication", "That the distribution gave the customer a code", {
  ...PublicationSchema.entries,
  metadata: f.group("Which distribution it was", {
    source_type: f.text("What kind of thing gave the code", "distribution"),
    source_id: f.id("distr_", "Its id"),
    distribution_id: f.id("distr_", "Id of the distribution"),
  }),
});
