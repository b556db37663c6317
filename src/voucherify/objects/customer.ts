// The customer: in short almost everywhere, in full where the event is about the customer itself.

import * as f from "./field.ts";

/** Who a customer is, in short. Where there is no such customer the whole object is null. */
export const SimpleCustomerSchema = f.shape("customer", "The customer, in short", {
  id: f.id("cust_", "Voucherify's id of the customer"),
  source_id: f.orNull(f.text("Your own id of the customer", "crm-20417")),
  name: f.orNull(f.text("Full name", "Mira Halvorsen")),
  email: f.orNull(f.text("E-mail address", "mira@example.com")),
  metadata: f.metadata({ language: "nb", newsletter: true }),
  object: f.objectName("customer"),
});

const AddressSchema = f.shape("", "Postal address", {
  line_1: f.orNull(f.text("Street and number", "Fyrgata 12")),
  line_2: f.mostlyNull(f.text("Second line", "2nd floor")),
  postal_code: f.orNull(f.text("Postal code", "5003")),
  city: f.orNull(f.text("City", "Bergen")),
  state: f.orNull(f.text("State or province", "Vestland")),
  country: f.orNull(f.text("Country", "Norway")),
});

const CustomerSummarySchema = f.shape("", "What the customer has redeemed and bought so far", {
  redemptions: f.group("Counts of redemptions", {
    total_redeemed: f.count("Redemptions that still stand", 4),
    total_succeeded: f.count("Redemptions that succeeded", 5),
    total_failed: f.count("Redemptions that failed", 1),
    total_rolled_back: f.count("Redemptions taken back", 1),
    total_rollback_succeeded: f.count("Rollbacks that succeeded", 1),
    total_rollback_failed: f.count("Rollbacks that failed", 0),
    gift: f.group("Gift cards", {
      redeemed_amount: f.amount("Credit spent", 3_500),
      amount_to_go: f.amount("Credit left", 6_500),
    }),
    loyalty_card: f.group("Loyalty cards", {
      redeemed_points: f.points("Points spent", 120),
      points_to_go: f.points("Points left", 420),
    }),
  }),
  orders: f.group("Orders", {
    total_amount: f.amount("Value of all orders", 48_000),
    total_count: f.count("How many orders", 4),
    average_amount: f.amount("Average value of an order", 12_000),
    last_order_amount: f.amount("Value of the latest order", 12_000),
    last_order_date: f.instant("When the latest order was made"),
  }),
});

/** The whole profile. Outside customer events `address`, `summary`, `loyalty` and `referrals` are null. */
export const CustomerSchema = f.shape("customer", "The customer, with the whole profile", {
  ...SimpleCustomerSchema.entries,
  description: f.orNull(f.text("Your note on the customer", "Buys lamps for the boathouse")),
  phone: f.orNull(f.text("Phone number", "+47 555 01 234")),
  birthdate: f.orNull(f.date("Date of birth", "1987-04-19")),
  address: f.orNull(f.part(AddressSchema)),
  summary: f.orNull(f.part(CustomerSummarySchema)),
  loyalty: f.orNull(
    f.group("Points over all loyalty campaigns", {
      points: f.points("Points in all campaigns", 420),
      referred_customers: f.count("Customers brought in", 2),
      campaigns: f.open("The same for each campaign, by its name", {
        "Lantern Circle": { points: 420, loyalty_tier: "ltr_lantern", referred_customers: 2 },
      }),
    }),
  ),
  referrals: f.orNull(
    f.group("Who referred this customer", {
      total: f.count("How many referrals", 1),
      campaigns: f.list(
        f.shape("", "A referral", {
          campaign_id: f.id("camp_", "Referral campaign"),
          referrer_id: f.id("cust_", "Customer who referred", "referrer"),
          related_object_id: f.id("r_", "What completed the referral"),
          related_object_type: f.choice("What kind of thing that is", ["redemption", "customer_event"]),
          date: f.instant("When the referral was completed"),
        }),
        "Referrals by campaign",
      ),
    }),
  ),
  system_metadata: f.open("Properties kept by Voucherify", {}),
  created_at: f.instant("When the customer was created", "2025-03-11T14:02:07.118Z"),
  updated_at: f.orNull(f.instant("When the customer was last changed")),
  assets: f.seldom(
    f.group("Links", { cockpit_url: f.text("Page of the customer's own codes", "https://example.com/cockpit") }),
  ),
  email_unsubscribed: f.seldom(f.flag("Whether e-mails are declined", false)),
});

const { address, summary, loyalty, referrals } = CustomerSchema.entries;

/** The customer inside a publication or an order: the keys of the whole profile, the larger ones null. */
export const PartialCustomerSchema = f.shape("customer", "The customer, with the larger parts of the profile null", {
  ...CustomerSchema.entries,
  address: f.mostlyNull(address),
  summary: f.mostlyNull(summary),
  loyalty: f.mostlyNull(loyalty),
  referrals: f.mostlyNull(referrals),
});
