// The part of the routing table's settings that says who hears of incidents, and when. Secrets and the binding that sends
// e-mail stand in it by name.

import * as v from "valibot";
import { SecretNameSchema } from "../delivery/authentication.ts";
import { INCIDENT_KINDS } from "../ledger/incident-kinds.ts";
import { PART_NAME_PATTERN, PART_NAME_RULE } from "../part-name.ts";
import { SEVERITIES } from "./kinds.ts";
import { isTimeZone } from "./local-time.ts";

/**
 * How many channels there may be. The cron has 50 requests to the outside on the free plan, and each channel may take
 * three of them.
 */
export const CHANNELS_MAX = 5;

const ChannelNameSchema = v.pipe(v.string(), v.regex(PART_NAME_PATTERN, PART_NAME_RULE));

const common = {
  least: v.optional(
    v.pipe(
      v.picklist(SEVERITIES),
      v.description("Only incidents that are at least so bad: info, warning (also when left out) or critical."),
    ),
    "warning",
  ),
  kinds: v.optional(
    v.pipe(
      v.array(v.picklist(INCIDENT_KINDS, "there is no such kind of incident; docs/incidents.md lists them")),
      v.minLength(1),
      v.description("Only these kinds of incidents; all when left out."),
    ),
  ),
};

const AddressSchema = v.pipe(v.string(), v.email("expected an e-mail address"), v.maxLength(254));

const EmailSchema = v.strictObject({
  type: v.literal("email"),
  ...common,
  binding: v.pipe(
    v.string(),
    v.regex(/^EMAIL(?:_[A-Z0-9_]{1,58})?$/, "a send_email binding's name is EMAIL or begins with EMAIL_"),
    v.description("The send_email binding of wrangler.toml: EMAIL, or EMAIL_… where there are several."),
  ),
  from: v.pipe(AddressSchema, v.description("An address of a domain that Email Routing has.")),
  to: v.pipe(v.array(AddressSchema), v.minLength(1), v.maxLength(10), v.description("Addresses that are verified.")),
});

const SlackSchema = v.strictObject({
  type: v.literal("slack"),
  ...common,
  secret: v.pipe(
    SecretNameSchema,
    v.description("The secret that has what stands behind https://hooks.slack.com/services/ in the webhook's URL."),
  ),
});

const WebhookSchema = v.strictObject({
  type: v.literal("webhook"),
  ...common,
  url: v.pipe(v.string(), v.url("expected a URL"), v.description("Where each message is posted, as JSON.")),
  secrets: v.pipe(
    v.array(SecretNameSchema),
    v.minLength(1),
    v.maxLength(2),
    v.description("Secrets that sign by Standard Webhooks, whsec_…; two while one replaces the other."),
  ),
});

export const ChannelSchema = v.variant("type", [EmailSchema, SlackSchema, WebhookSchema]);
export type Channel = v.InferOutput<typeof ChannelSchema>;

const ClockSchema = v.pipe(
  v.string(),
  v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "expected a time of day, like 08:00 or 22:30"),
);

const OriginSchema = v.pipe(
  v.string(),
  v.url("expected scheme and host, like https://signalbox.example.com"),
  v.transform((text) => new URL(text).origin),
  v.description("Scheme and host that messages link to; SIGNALBOX_HOST when left out."),
);

export const AlertSettingsSchema = v.pipe(
  v.strictObject({
    channels: v.optional(
      v.pipe(
        v.record(ChannelNameSchema, ChannelSchema),
        v.check(
          (channels) => Object.keys(channels).length <= CHANNELS_MAX,
          `expected ${CHANNELS_MAX} channels at most`,
        ),
        v.description("Where messages go, by a name of yours; nobody is told while there is none."),
      ),
      {},
    ),
    origin: v.optional(OriginSchema),
    timeZone: v.optional(
      v.pipe(
        v.string(),
        v.check(isTimeZone, "expected a time zone, like Europe/Warsaw"),
        v.description("The time zone of quiet hours and digest; UTC when left out."),
      ),
      "UTC",
    ),
    quietHours: v.optional(
      v.pipe(
        v.strictObject({ from: ClockSchema, to: ClockSchema }),
        v.description("When only what is critical is told at once; the rest waits. From after to goes over midnight."),
      ),
    ),
    digest: v.optional(
      v.pipe(
        v.strictObject({ at: ClockSchema }),
        v.description(
          "When, once a day, one message says what is open and what had to wait; none when there is nothing.",
        ),
      ),
    ),
    remindAfterHours: v.optional(
      v.pipe(
        v.number(),
        v.integer("expected whole hours"),
        v.minValue(1),
        v.maxValue(168),
        v.description("After how long what is open and not acknowledged is told again, in hours; 24 when left out."),
      ),
      24,
    ),
    waitingAfterHours: v.optional(
      v.pipe(
        v.number(),
        v.integer("expected whole hours"),
        v.minValue(1),
        v.maxValue(168),
        v.description("How long a delivery may wait before that is an incident, in hours; 6 when left out."),
      ),
      6,
    ),
    plan: v.optional(
      v.pipe(
        v.picklist(["free", "paid"]),
        v.description("The Cloudflare plan, by whose limits is warned: free, or paid (also when left out)."),
      ),
      "paid",
    ),
  }),
  v.description("Who hears of incidents, and when."),
);
export type AlertSettings = v.InferOutput<typeof AlertSettingsSchema>;

/** What holds where the table says nothing: nobody is told. */
export const NO_ALERTS: AlertSettings = v.parse(AlertSettingsSchema, {});

/** Where Slack's incoming webhooks are. */
export const SLACK_URL = "https://hooks.slack.com/services/";

/** The secrets that a channel names, and the origin they go to. */
export function channelSecrets(channel: Channel): { names: readonly string[]; host: string } {
  switch (channel.type) {
    case "email":
      return { names: [], host: "" };
    case "slack":
      return { names: [channel.secret], host: new URL(SLACK_URL).origin };
    case "webhook":
      return { names: channel.secrets, host: new URL(channel.url).origin };
  }
}
