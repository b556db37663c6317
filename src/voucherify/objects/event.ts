// Events inside a sendout's data: the one that caused it, and custom events with their schema.

import { SimpleCustomerSchema } from "./customer.ts";
import * as f from "./field.ts";

/** Who caused an event. */
export const EventSourceSchema = f.shape("", "Who caused it", {
  channel: f.choice("Through what", ["API", "USER_PORTAL", "CLIENT_API", "INTERNAL"]),
  user: f.seldom(f.group("USER_PORTAL: the user", { id: f.id("user_", "Id of the user") })),
  api_key: f.group("API: the key", {
    name: f.text("Name of the key", "Till"),
    app_id: f.text("Id of the application", "till-7"),
  }),
});

/** An event that another one follows from. */
export const SimpleEventSchema = f.shape("cause", "The event behind it", {
  id: f.id("evcus_", "Voucherify's id of that event", "source"),
  type: f.text("Its type", "customer.order.paid"),
  category: f.choice("Done by somebody, or an effect of that", ["EFFECT", "ACTION"]),
  entity_id: f.id("cust_", "Id of what it happened to"),
  group_id: f.id("v-", "Id of the API request that caused it"),
  created_at: f.instant("When it happened"),
});

const REFERRAL = {
  referrer_id: f.id("cust_", "Id of the customer who referred", "referrer"),
  code: f.text("Referral code", "FRIEND-7YQ2"),
  id: f.id("v_", "Id of the referral code"),
};

/** The referral of a custom event. */
export const EventReferralSchema = f.shape("", "The referral it completes", REFERRAL);

/** The loyalty card of a custom event. */
export const EventLoyaltySchema = f.shape("", "The loyalty card it counts for", {
  code: f.text("Code of the card", "CIRCLE-4821"),
});

/** An event that you define and send to Voucherify. */
export const CustomEventSchema = f.shape("custom_event", "Your custom event", {
  id: f.id("event_", "Voucherify's id of the event"),
  type: f.text("Its name", "newsletter_joined"),
  customer: f.part(SimpleCustomerSchema),
  referral: f.mostlyNull(f.part(EventReferralSchema)),
  loyalty: f.mostlyNull(f.part(EventLoyaltySchema)),
  metadata: f.metadata({ form: "footer" }),
  created_at: f.instant("When it happened"),
  object: f.text("Always `event`", "event"),
});

/** The schema of a custom event. */
export const CustomEventDefinitionSchema = f.shape("event_schema", "The definition of your custom event", {
  id: f.id("ms_", "Voucherify's id of the definition"),
  name: f.text("Name of the event", "newsletter_joined"),
});
