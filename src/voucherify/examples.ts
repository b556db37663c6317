// Example sendouts of our own, one for every event type and payload version, in the shapes that Voucherify sends. They
// come from the catalogue and its objects alone, so they show exactly the fields that the field index lists.

import { findEvent } from "./catalogue.ts";
import type { EventDefinition, PayloadVersion } from "./catalogue/definition.ts";
import { CustomerSchema } from "./objects/customer.ts";
import { SendoutSchema } from "./objects/sendout.ts";
import { merge } from "./examples/merge.ts";
import { sampleOf, type Setting } from "./examples/sample.ts";
import { flavourOf, tell } from "./examples/stories.ts";
import { isJsonObject, type JsonObject } from "./read-json.ts";

/** What an example may be told; by default it is the same every time. */
export interface ExampleOptions {
  version?: PayloadVersion;
  /** Who sends it. By default a project webhook where the type allows one. */
  source?: "webhook" | "distribution";
  /** When the event happened. */
  now?: Date;
  /** Makes an id that begins with the prefix; asked once for each thing of an example. */
  ids?: (prefix: string) => string;
}

/** When the events of our examples happen, unless told otherwise; the samples of the schemas are around it. */
const EXAMPLE_TIME = "2026-10-05T08:15:30.250Z";

/** An example body for an event type, or undefined when that version has no such event. */
export function exampleSendout(type: string, options: ExampleOptions = {}): JsonObject | undefined {
  const definition = findEvent(type);
  const { version = "v2024-01-01", source = defaultSource(definition) } = options;
  if (!definition?.versions.includes(version)) return undefined;
  const setting = createSetting(definition.type, options);
  const data = exampleData(definition, source, setting);
  return version === "v2024-01-01"
    ? envelope(definition, source, data, setting)
    : legacyBody(definition, data, setting);
}

/** The notifications that loyalty and referral campaigns sent in v2018-08-01. */
export type CampaignNotificationKind = keyof typeof NOTIFICATIONS;

// Two flavours: A wraps the v2024-01-01 data of the event behind it; B has that event as the database had it. Which of
// the two is published for "loyalty_card_assigned", "referral_code_assigned" (A) and "points_earned" (B); the others
// are inferred.
const NOTIFICATIONS = {
  loyalty_card_assigned: {
    type: "customer.publication.succeeded",
    label: "Card assigned",
    flavour: "A",
    about: "loyalty",
  },
  referral_code_assigned: {
    type: "customer.publication.succeeded",
    label: "Code assigned",
    flavour: "A",
    about: "referral",
  },
  points_redeemed: {
    type: "customer.reward_redemptions.completed",
    label: "Points spent",
    flavour: "A",
    about: "loyalty",
  },
  referrer_rewarded: {
    type: "customer.reward_redemptions.completed",
    label: "Thanks sent",
    flavour: "A",
    about: "referral",
  },
  points_earned: { type: "customer.rewarded.loyalty_points", label: "Points earned", flavour: "B", about: "loyalty" },
  referee_invited: { type: "customer.referred", label: "Friend invited", flavour: "B", about: "referral" },
} as const;

/** The notification that told of a distribution's event type in v2018-08-01; undefined when none did. */
export function notificationKindOf(type: string): CampaignNotificationKind | undefined {
  return CAMPAIGN_NOTIFICATION_KINDS.find((kind) => NOTIFICATIONS[kind].type === type);
}

/** Every kind of notification. */
export const CAMPAIGN_NOTIFICATION_KINDS = Object.keys(NOTIFICATIONS) as CampaignNotificationKind[]; // its own keys

/** An example of a v2018-08-01 campaign notification: `type` is free text, the event is in `data.related_object`. */
export function exampleCampaignNotification(
  kind: CampaignNotificationKind,
  options: Pick<ExampleOptions, "now" | "ids"> = {},
): JsonObject {
  const { type, label, flavour, about } = NOTIFICATIONS[kind];
  const definition = findEvent(type);
  if (definition === undefined) throw new Error(`the catalogue lacks ${type}`);
  const setting = { ...createSetting(type, options), flavour: about };
  const { voucher, campaign, publication, ...data } = exampleData(definition, "distribution", setting);
  const customer = sampleOf(CustomerSchema, setting);
  const event = { id: setting.id(flavour === "A" ? "evcus_" : "event_", ""), type, created_at: time(setting) };
  return {
    id: event.id,
    object: "event",
    webhook_id: null,
    project_id: setting.id("proj_", ""),
    created_at: event.created_at,
    type: label,
    data: {
      object: { voucher, campaign, customer, ...(flavour === "A" ? { publication } : { order: {} }) },
      previous_attributes: {},
      related_object:
        flavour === "A"
          ? { ...event, data: { ...data, campaign, publication } }
          : {
              ...event,
              data_json: {
                object: customer,
                previous_attributes: {},
                ...(data["balance"] !== undefined && { related_object: data["balance"], balance: data["balance"] }),
              },
              metadata_json: { source: "Automation" },
              automation_id: setting.id("auto_", ""),
              group_id: setting.id("v-", ""),
            },
    },
    metadata: {},
  };
}

function defaultSource(definition: EventDefinition | undefined): "webhook" | "distribution" {
  const { project, distribution } = definition?.selectable ?? {};
  return distribution && !project ? "distribution" : "webhook";
}

function createSetting(type: string, { now, ids }: ExampleOptions): Setting {
  const known = new Map<string, string>();
  return {
    flavour: flavourOf(type),
    shiftMs: now === undefined ? 0 : now.getTime() - Date.parse(EXAMPLE_TIME),
    id: (prefix, part) => {
      const name = `${prefix} ${part}`;
      const id = known.get(name) ?? ids?.(prefix) ?? prefix + digits(name);
      known.set(name, id);
      return id;
    },
  };
}

function exampleData(definition: EventDefinition, source: "webhook" | "distribution", setting: Setting): JsonObject {
  const data: JsonObject = {};
  for (const [key, { schema }] of Object.entries(definition.data)) {
    // Only a distribution gives codes away by itself and then says so.
    const published = key === "publication" && definition.selectable.project && definition.selectable.distribution;
    if (!published || source === "distribution") data[key] = sampleOf(schema, setting);
  }
  return tell(definition.type, data, setting);
}

function envelope(
  { type, entity, eventIdPrefix }: EventDefinition,
  source: "webhook" | "distribution",
  data: JsonObject,
  setting: Setting,
): JsonObject {
  const around = sampleOf(SendoutSchema, setting) as JsonObject; // an object schema gives an object
  const about = data[entity];
  const distribution = source === "distribution";
  const {
    source: sender,
    event,
    ...outer
  } = merge(
    around,
    {
      type: distribution ? "Message to the customer" : type,
      source: distribution ? { id: setting.id("distr_", ""), object: source } : {},
      event: {
        type,
        id: setting.id(eventIdPrefix, ""),
        entity_id: isJsonObject(about) ? about["id"] : undefined,
      },
    },
    "adapt",
  );
  return { ...outer, data, source: sender, event };
}

/** v2018-08-01: the changed entity alone. Only a few of these are published; the others are inferred from them. */
function legacyBody({ type, entity, eventIdPrefix }: EventDefinition, data: JsonObject, setting: Setting): JsonObject {
  const balance = data["balance"];
  return {
    id: setting.id(eventIdPrefix, ""),
    object: "event",
    webhook_id: setting.id("whs_", ""),
    project_id: setting.id("proj_", ""),
    created_at: time(setting),
    type,
    data: {
      object: data[type.includes(".assignment.") ? "assignment" : entity],
      previous_attributes: {},
      ...(isJsonObject(balance) && { related_object: balance, balance }),
    },
    metadata: { source: "API" },
  };
}

function time({ shiftMs }: Setting): string {
  return new Date(Date.parse(EXAMPLE_TIME) + shiftMs).toISOString();
}

/** 18 hexadecimal digits, always the same for the same name: FNV-1a, started at three places. */
function digits(name: string): string {
  return [0x811c9dc5, 0x01000193, 0x5a11ce0f]
    .map((start) => {
      let hash = start;
      for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
      return hash.toString(16).padStart(8, "0").slice(2);
    })
    .join("");
}
