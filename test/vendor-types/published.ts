// What vendors publish on npm of the bodies that our recipes send, by recipe. These packages are there for their types
// alone: nothing of them is run. Where a type differs from what the vendor documents of the request, it is put right
// here, with the page (read 2026-11-24).

/// <reference types="@maxim_mazurok/gapi.client.bigquery-v2" />
/// <reference types="@maxim_mazurok/gapi.client.sheets-v4" />

import type { Payload } from "@amplitude/analytics-types";
import type { IAdaptiveCard } from "@microsoft/teams.cards";
import type { Batch, CustomEvent as ParticleEvent } from "@mparticle/event-models";
import type { CustomEvent, CustomEventsRequest, Notification } from "@onesignal/node-onesignal";
import type { CoreSegmentEvent } from "@segment/analytics-core";
import type { MailJSON } from "@sendgrid/helpers/classes/mail";
import type { ChatPostMessageArguments } from "@slack/web-api";
import type { IncomingWebhookSendArguments } from "@slack/webhook";
import type { RESTPostAPIWebhookWithTokenJSONBody } from "discord-api-types/v10";
import type { lists } from "mailchimp__mailchimp_marketing";

/** What a value is once it is JSON: a date its text, an enum the values of its members. */
type Wire<T> = T extends Date
  ? string
  : T extends string
    ? `${T}`
    : T extends object
      ? { [K in keyof T]: Wire<T[K]> }
      : T;

/** The body that a vendor's package says its endpoint takes, by recipe. */
export interface Published {
  amplitude: Wire<Payload>;
  bigquery: gapi.client.bigquery.TableDataInsertAllRequest;
  discord: Wire<RESTPostAPIWebhookWithTokenJSONBody>;
  "google-sheets": gapi.client.sheets.ValueRange;
  "mailchimp-event": Wire<lists.CreateListMemberEventBody>;
  "mailchimp-member": Wire<lists.SetListMemberBody>;
  // Of a batch as mParticle hands it on, which has an mpid by then. The schema of what it takes in requires none:
  // https://docs.mparticle.com/schema/mparticle.inbound.eventsapi.schema.json
  mparticle: Wire<Omit<Batch, "mpid" | "events"> & { events: ParticleEvent[] }>;
  // The reference calls the client's `payload` properties, and has the key that makes a repeat known:
  // https://documentation.onesignal.com/reference/create-custom-events
  "onesignal-event": {
    [K in keyof CustomEventsRequest]: (Omit<Wire<CustomEvent>, "payload"> & {
      properties?: CustomEvent["payload"];
      idempotency_key?: string;
    })[];
  };
  "onesignal-notification": Wire<Notification>;
  // As it is in a batch: /v1/track says by its path what `type` says there.
  segment: Wire<Omit<CoreSegmentEvent, "type">>;
  sendgrid: Wire<MailJSON>;
  slack: Wire<ChatPostMessageArguments>;
  "slack-webhook": Wire<IncomingWebhookSendArguments>;
  // The card is the package's; the message around it is what the Workflows trigger documents.
  teams: {
    type: "message";
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive"; content: Wire<IAdaptiveCard> }];
  };
}

export type PublishedId = keyof Published;

/**
 * What a type leaves to the customer below a place in the body: every value, so that nothing there is held, or the
 * names alone.
 */
export type Open = "values" | "names";

/** The package of each, and what its type leaves open. */
export const PACKAGES: Readonly<Record<PublishedId, { name: string; open: Readonly<Record<string, Open>> }>> = {
  amplitude: { name: "@amplitude/analytics-types", open: { "events.0.event_properties": "values" } },
  bigquery: { name: "@maxim_mazurok/gapi.client.bigquery-v2", open: { "rows.0.json": "values" } },
  discord: { name: "discord-api-types", open: {} },
  "google-sheets": { name: "@maxim_mazurok/gapi.client.sheets-v4", open: { "values.0": "values" } },
  "mailchimp-event": { name: "@types/mailchimp__mailchimp_marketing", open: { properties: "values" } },
  "mailchimp-member": { name: "@types/mailchimp__mailchimp_marketing", open: { merge_fields: "values" } },
  mparticle: { name: "@mparticle/event-models", open: { "events.0.data.custom_attributes": "names" } },
  "onesignal-event": { name: "@onesignal/node-onesignal", open: { "events.0.properties": "values" } },
  "onesignal-notification": { name: "@onesignal/node-onesignal", open: {} },
  segment: { name: "@segment/analytics-core", open: { properties: "values" } },
  sendgrid: { name: "@sendgrid/helpers", open: { "personalizations.0.custom_args": "names" } },
  slack: { name: "@slack/web-api", open: {} },
  "slack-webhook": { name: "@slack/webhook", open: {} },
  teams: { name: "@microsoft/teams.cards", open: {} },
};
