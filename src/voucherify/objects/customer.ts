// The customer: in short almost everywhere, in full where the event is about the customer itself.

import {
  amount,
  choice,
  count,
  date,
  flag,
  group,
  id,
  instant,
  list,
  metadata,
  mostlyNull,
  objectName,
  open,
  orNull,
  part,
  points,
  seldom,
  shape,
  text,
} from "./field.ts";

/** Who a customer is, in short. Where there is no such customer the whole object is null. */
export const SimpleCustomerSchema = shape("customer", "The customer, in short", {
  id: id("cust_", "Voucherify's id of the customer"),
  source_id: orNull(text("Your own id of the customer", "crm-20417")),
  name: orNull(text("Full name", "Mira Halvorsen")),
  email: orNull(text("E-mail address", "mira@example.com")),
  metadata: metadata({ language: "nb", newsletter: true }),
  object: objectName("customer"),
});

const AddressSchema = shape("", "Postal address", {
  line_1: orNull(text("Street and number", "Fyrgata 12")),
  line_2: mostlyNull(text("Second line", "2nd floor")),
  postal_code: orNull(text("Postal code", "5003")),
  city: orNull(text("City", "Bergen")),
  state: orNull(text("State or province", "Vestland")),
  country: orNull(text("Country", "Norway")),
});

const CustomerSummarySchema = shape("", "What the customer has redeemed and bought so far", {
  redemptions: group("Counts of redemptions", {
    total_redeemed: count("Redemptions that still stand", 4),
    total_succeeded: count("Redemptions that succeeded", 5),
    total_failed: count("Redemptions that failed", 1),
    total_rolled_back: count("Redemptions taken back", 1),
    total_rollback_succeeded: count("Rollbacks that succeeded", 1),
    total_rollback_failed: count("Rollbacks that failed", 0),
    gift: group("Gift cards", {
      redeemed_amount: amount("Credit spent", 3_500),
      amount_to_go: amount("Credit left", 6_500),
    }),
    loyalty_card: group("Loyalty cards", {
      redeemed_points: points("Points spent", 120),
      points_to_go: points("Points left", 420),
    }),
  }),
  orders: group("Orders", {
    total_amount: amount("Value of all orders", 48_000),
    total_count: count("How many orders", 4),
    average_amount: amount("Average value of an order", 12_000),
    last_order_amount: amount("Value of the latest order", 12_000),
    last_order_date: instant("When the latest order was made"),
  }),
});

/** The whole profile. Outside customer events `address`, `summary`, `loyalty` and `referrals` are null. */
export const CustomerSchema = shape("customer", "The customer, with the whole profile", {
  ...SimpleCustomerSchema.entries,
  description: orNull(text("Your note on the customer", "Buys lamps for the boathouse")),
  phone: orNull(text("Phone number", "+47 555 01 234")),
  birthdate: orNull(date("Date of birth", "1987-04-19")),
  address: orNull(part(AddressSchema)),
  summary: orNull(part(CustomerSummarySchema)),
  loyalty: orNull(
    group("Points over all loyalty campaigns", {
      points: points("Points in all campaigns", 420),
      referred_customers: count("Customers brought in", 2),
      campaigns: open("The same for each campaign, by its name", {
        "Lantern Circle": { points: 420, loyalty_tier: "ltr_lantern", referred_customers: 2 },
      }),
    }),
  ),
  referrals: orNull(
    group("Who referred this customer", {
      total: count("How many referrals", 1),
      campaigns: list(
        shape("", "A referral", {
          campaign_id: id("camp_", "Referral campaign"),
          referrer_id: id("cust_", "Customer who referred", "referrer"),
          related_object_id: id("r_", "What completed the referral"),
          related_object_type: choice("What kind of thing that is", ["redemption", "customer_event"]),
          date: instant("When the referral was completed"),
        }),
        "Referrals by campaign",
      ),
    }),
  ),
  system_metadata: open("Properties kept by Voucherify", {}),
  created_at: instant("When the customer was created", "2025-03-11T14:02:07.118Z"),
  updated_at: orNull(instant("When the customer was last changed")),
  assets: seldom(
    group("Links", { cockpit_url: text("Page of the customer's own codes", "https://example.com/cockpit") }),
  ),
  email_unsubscribed: seldom(flag("Whether e-mails are declined", false)),
});

const { address, summary, loyalty, referrals } = CustomerSchema.entries;

/** The customer inside a publication: the keys of the whole profile, the larger ones null. */
export const PublicationCustomerSchema = shape("customer", "The customer who got the code", {
  ...CustomerSchema.entries,
  address: mostlyNull(address),
  summary: mostlyNull(summary),
  loyalty: mostlyNull(loyalty),
  referrals: mostlyNull(referrals),
});
