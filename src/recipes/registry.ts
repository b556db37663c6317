// Every recipe there is. The one place that names them.

import { activecampaign } from "./activecampaign.ts";
import { amplitude } from "./amplitude.ts";
import { attentive } from "./attentive.ts";
import { bigquery } from "./bigquery.ts";
import { bloomreach } from "./bloomreach.ts";
import { braze } from "./braze.ts";
import { commercetools } from "./commercetools.ts";
import { customerio } from "./customerio.ts";
import { discord } from "./discord.ts";
import { eventbridge } from "./eventbridge.ts";
import { ga4 } from "./ga4.ts";
import { googleSheets } from "./google-sheets.ts";
import { hubspotContact } from "./hubspot-contact.ts";
import { hubspotEvent } from "./hubspot-event.ts";
import { intercom } from "./intercom.ts";
import { iterableEvents } from "./iterable-events.ts";
import { iterableTrigger } from "./iterable-trigger.ts";
import { kafkaRest } from "./kafka-rest.ts";
import { klaviyo } from "./klaviyo.ts";
import { mailchimpEvent } from "./mailchimp-event.ts";
import { mailchimpMember } from "./mailchimp-member.ts";
import { make } from "./make.ts";
import { mandrill } from "./mandrill.ts";
import { mixpanel } from "./mixpanel.ts";
import { mparticle } from "./mparticle.ts";
import { n8n } from "./n8n.ts";
import { onesignalEvent } from "./onesignal-event.ts";
import { onesignalNotification } from "./onesignal-notification.ts";
import { posthog } from "./posthog.ts";
import type { Recipe } from "./recipe.ts";
import { salesforceEvent } from "./salesforce-event.ts";
import { salesforceUpsert } from "./salesforce-upsert.ts";
import { segment } from "./segment.ts";
import { sendgrid } from "./sendgrid.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { slackWebhook } from "./slack-webhook.ts";
import { sqs } from "./sqs.ts";
import { teams } from "./teams.ts";
import { twilio } from "./twilio.ts";
import { webhook } from "./webhook.ts";
import { zapier } from "./zapier.ts";
import { zendesk } from "./zendesk.ts";

/** The recipes in alphabetical order of their ids. */
export const RECIPES: readonly Recipe[] = [
  activecampaign,
  amplitude,
  attentive,
  bigquery,
  bloomreach,
  braze,
  commercetools,
  customerio,
  discord,
  eventbridge,
  ga4,
  googleSheets,
  hubspotContact,
  hubspotEvent,
  intercom,
  iterableEvents,
  iterableTrigger,
  kafkaRest,
  klaviyo,
  mailchimpEvent,
  mailchimpMember,
  make,
  mandrill,
  mixpanel,
  mparticle,
  n8n,
  onesignalEvent,
  onesignalNotification,
  posthog,
  salesforceEvent,
  salesforceUpsert,
  segment,
  sendgrid,
  shopify,
  slack,
  slackWebhook,
  sqs,
  teams,
  twilio,
  webhook,
  zapier,
  zendesk,
].toSorted((one, other) => one.id.localeCompare(other.id));

const BY_ID: ReadonlyMap<string, Recipe> = new Map(RECIPES.map((recipe) => [recipe.id, recipe]));

/** A recipe by its id. */
export function findRecipe(id: string): Recipe | undefined {
  return BY_ID.get(id);
}
