// The shapes of requests that CRMs, messaging, shops, data stores and hooks document.

import * as v from "valibot";

const text = v.pipe(v.string(), v.nonEmpty());
const email = v.pipe(v.string(), v.email());
const phone = v.pipe(v.string(), v.regex(/^\+[1-9]\d{7,14}$/));
const instant = v.pipe(v.string(), v.isoTimestamp());
/** 2001 to 2286: milliseconds would be far beyond. */
const unixSeconds = v.pipe(v.number(), v.integer(), v.minValue(1_000_000_000), v.maxValue(9_999_999_999));
const key = (length: number) => v.pipe(v.string(), v.regex(/^[\w-]+$/), v.length(length));
const jsonText = (schema: v.GenericSchema, lengthMax = Number.POSITIVE_INFINITY) =>
  v.pipe(v.string(), v.maxLength(lengthMax), v.parseJson(), schema);
const isEvent = v.strictObject({
  id: v.pipe(v.string(), v.startsWith("whs_")),
  project_id: v.pipe(v.string(), v.startsWith("proj_")),
  created_at: instant,
  type: text,
  data: v.record(v.string(), v.unknown()),
  source: v.looseObject({ id: text, object: v.picklist(["webhook", "distribution"]) }),
  event: v.looseObject({ id: text, type: text, created_at: instant }),
});

const textRun = v.strictObject({
  type: v.literal("RichTextBlock"),
  inlines: v.tuple([
    v.strictObject({
      type: v.literal("TextRun"),
      text,
      isSubtle: v.optional(v.boolean()),
      size: v.optional(v.picklist(["Small", "Default", "Medium", "Large", "ExtraLarge"])),
    }),
  ]),
});

const METAFIELD_VALUES: Readonly<Record<string, v.GenericSchema>> = {
  single_line_text_field: v.pipe(text, v.regex(/^[^\n]+$/)),
  number_integer: v.pipe(v.string(), v.regex(/^-?\d+$/)),
  date_time: instant,
};
const metafield = v.variant(
  "type",
  Object.entries(METAFIELD_VALUES).map(([type, value]) =>
    v.strictObject({
      ownerId: v.pipe(v.string(), v.regex(/^gid:\/\/shopify\/Customer\/[^/]+$/)),
      namespace: v.pipe(v.string(), v.minLength(3), v.maxLength(255)),
      key: v.pipe(v.string(), v.minLength(2), v.maxLength(64)),
      type: v.literal(type),
      value,
    }),
  ),
);

/** What the destination documents of a request. */
export interface Shape {
  method?: string;
  url: RegExp;
  headers?: Record<string, string>;
  body: v.GenericSchema;
}

/** By recipe. */
export const SYSTEM_SHAPES: Readonly<Record<string, Shape>> = {
  "salesforce-upsert": {
    method: "PATCH",
    url: /^https:\/\/lantern\.my\.salesforce\.com\/services\/data\/v\d\d\.0\/sobjects\/Contact\/Voucherify_Source_Id__c\/[^/?]+$/,
    body: v.strictObject({
      FirstName: v.optional(v.pipe(text, v.maxLength(40))),
      LastName: v.optional(v.pipe(text, v.maxLength(80))),
      Email: email,
      Phone: v.optional(text),
      Voucherify_Last_Event_At__c: instant,
      Voucherify_Last_Event__c: v.pipe(text, v.maxLength(255)),
      Voucherify_Code__c: v.optional(text),
      Voucherify_Points__c: v.optional(v.number()),
      Voucherify_Tier__c: v.optional(v.string()),
    }),
  },
  "salesforce-event": {
    url: /^https:\/\/lantern\.my\.salesforce\.com\/services\/data\/v\d\d\.0\/sobjects\/\w+__e$/,
    body: v.strictObject({
      Sendout_Id__c: text,
      Event_Type__c: v.pipe(text, v.maxLength(255)),
      Occurred_At__c: instant,
      Customer_Id__c: v.optional(v.pipe(text, v.maxLength(255))),
      Payload__c: jsonText(v.record(v.string(), v.unknown()), 131_072),
    }),
  },
  "mailchimp-member": {
    method: "PUT",
    url: /^https:\/\/us21\.api\.mailchimp\.com\/3\.0\/lists\/\w+\/members\/[0-9a-f]{32}\?skip_merge_validation=true$/,
    body: v.strictObject({
      email_address: email,
      status_if_new: v.picklist(["subscribed", "unsubscribed", "cleaned", "pending", "transactional"]),
      // A merge tag has ten characters at most.
      merge_fields: v.record(v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9]{0,9}$/)), v.union([v.string(), v.number()])),
    }),
  },
  "mailchimp-event": {
    url: /^https:\/\/us21\.api\.mailchimp\.com\/3\.0\/lists\/\w+\/members\/[0-9a-f]{32}\/events$/,
    body: v.strictObject({
      name: v.pipe(v.string(), v.minLength(2), v.maxLength(30)),
      properties: v.record(v.string(), v.string()),
      occurred_at: instant,
    }),
  },
  mandrill: {
    url: /^https:\/\/mandrillapp\.com\/api\/1\.0\/messages\/send\.json$/,
    body: v.strictObject({
      key: v.literal("{{MANDRILL_API_KEY}}"),
      message: v.strictObject({
        from_email: email,
        from_name: text,
        to: v.tuple([v.strictObject({ email, name: text, type: v.literal("to") })]),
        subject: text,
        text,
        tags: v.array(text),
        metadata: v.record(v.string(), text),
      }),
    }),
  },
  sendgrid: {
    url: /^https:\/\/api\.sendgrid\.com\/v3\/mail\/send$/,
    body: v.strictObject({
      personalizations: v.tuple([
        v.strictObject({
          to: v.tuple([v.strictObject({ email, name: text })]),
          custom_args: v.record(v.string(), text),
        }),
      ]),
      from: v.strictObject({ email, name: text }),
      subject: text,
      content: v.tuple([v.strictObject({ type: v.literal("text/plain"), value: text })]),
    }),
  },
  twilio: {
    url: /^https:\/\/api\.twilio\.com\/2010-04-01\/Accounts\/AC[0-9a-f]{32}\/Messages\.json$/,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: v.strictObject({
      To: phone,
      MessagingServiceSid: v.pipe(v.string(), v.regex(/^MG[0-9a-f]{32}$/)),
      Body: v.pipe(text, v.maxLength(1_600)),
      ValidityPeriod: v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(1), v.maxValue(36_000)),
    }),
  },
  slack: {
    url: /^https:\/\/slack\.com\/api\/chat\.postMessage$/,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: v.strictObject({
      channel: text,
      text: v.pipe(text, v.maxLength(40_000)),
      unfurl_links: v.literal(false),
      unfurl_media: v.literal(false),
    }),
  },
  "slack-webhook": {
    url: /^https:\/\/hooks\.slack\.com\/services\/\{\{SLACK_WEBHOOK_PATH\}\}$/,
    body: v.strictObject({ text: v.pipe(text, v.maxLength(40_000)) }),
  },
  teams: {
    url: /^https:\/\/prod-12\.westeurope\.logic\.azure\.com\/\{\{TEAMS_PATH\}\}$/,
    body: v.strictObject({
      type: v.literal("message"),
      attachments: v.tuple([
        v.strictObject({
          contentType: v.literal("application/vnd.microsoft.card.adaptive"),
          content: v.strictObject({
            $schema: v.literal("http://adaptivecards.io/schemas/adaptive-card.json"),
            type: v.literal("AdaptiveCard"),
            // RichTextBlock came with 1.2; Teams shows cards up to 1.5.
            version: v.picklist(["1.2", "1.3", "1.4", "1.5"]),
            body: v.array(textRun),
          }),
        }),
      ]),
    }),
  },
  discord: {
    url: /^https:\/\/discord\.com\/api\/webhooks\/\{\{DISCORD_PATH\}\}\?wait=true$/,
    body: v.strictObject({
      content: v.pipe(text, v.maxLength(2_000)),
      allowed_mentions: v.strictObject({ parse: v.strictTuple([]) }),
    }),
  },
  zendesk: {
    url: /^https:\/\/lantern\.zendesk\.com\/api\/v2\/tickets$/,
    headers: { accept: "application/json" },
    body: v.strictObject({
      ticket: v.strictObject({
        subject: text,
        comment: v.strictObject({ body: text, public: v.literal(false) }),
        requester: v.optional(v.strictObject({ email, name: text })),
        tags: v.array(v.pipe(text, v.regex(/^[a-z0-9_]+$/))),
        external_id: text,
      }),
    }),
  },
  shopify: {
    url: /^https:\/\/lantern-shop\.myshopify\.com\/admin\/api\/20\d\d-(?:01|04|07|10)\/graphql\.json$/,
    body: v.strictObject({
      query: v.pipe(text, v.startsWith("mutation "), v.includes("userErrors")),
      variables: v.strictObject({ metafields: v.pipe(v.array(metafield), v.minLength(1), v.maxLength(25)) }),
    }),
  },
  commercetools: {
    url: /^https:\/\/api\.europe-west1\.gcp\.commercetools\.com\/lantern-shop\/custom-objects$/,
    body: v.strictObject({
      container: v.pipe(v.string(), v.regex(/^[-_~.a-zA-Z0-9]+$/)),
      key: v.pipe(v.string(), v.regex(/^[-_~.a-zA-Z0-9]+$/), v.minLength(2), v.maxLength(256)),
      value: v.looseObject({ event: text, occurred_at: instant, sendout_id: text }),
    }),
  },
  bigquery: {
    url: /^https:\/\/bigquery\.googleapis\.com\/bigquery\/v2\/projects\/lantern-data\/datasets\/voucherify\/tables\/events\/insertAll$/,
    body: v.strictObject({
      ignoreUnknownValues: v.literal(true),
      rows: v.strictTuple([
        v.strictObject({
          insertId: v.pipe(key(64), v.maxLength(128)),
          json: v.strictObject({
            sendout_id: text,
            event_type: text,
            occurred_at: instant,
            received_at: instant,
            customer_id: v.optional(text),
            code: v.optional(text),
            campaign: v.optional(text),
            payload: jsonText(isEvent),
          }),
        }),
      ]),
    }),
  },
  "google-sheets": {
    url: /^https:\/\/sheets\.googleapis\.com\/v4\/spreadsheets\/[\w-]+\/values\/Sheet1!A1:append\?valueInputOption=RAW&insertDataOption=INSERT_ROWS$/,
    body: v.strictObject({
      majorDimension: v.literal("ROWS"),
      // Every row has every column, with null for an empty cell.
      values: v.strictTuple([
        v.strictTuple([
          instant,
          text,
          v.nullable(text),
          v.nullable(text),
          v.nullable(text),
          v.nullable(text),
          v.nullable(v.number()),
          text,
        ]),
      ]),
    }),
  },
  eventbridge: {
    url: /^https:\/\/events\.us-east-1\.amazonaws\.com\/$/,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" },
    body: v.strictObject({
      Entries: v.strictTuple([
        v.strictObject({
          EventBusName: text,
          Source: v.pipe(text, v.regex(/^(?!aws)/)),
          DetailType: v.pipe(text, v.maxLength(128)),
          Time: unixSeconds,
          Detail: jsonText(isEvent),
        }),
      ]),
    }),
  },
  sqs: {
    url: /^https:\/\/sqs\.us-east-1\.amazonaws\.com\/$/,
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" },
    body: v.strictObject({
      QueueUrl: v.literal("https://sqs.us-east-1.amazonaws.com/123456789012/voucherify.fifo"),
      MessageBody: jsonText(isEvent),
      MessageDeduplicationId: v.pipe(key(64), v.maxLength(128)),
      MessageGroupId: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,128}$/)),
    }),
  },
  "kafka-rest": {
    url: /^https:\/\/pkc-4r087\.eu-west-1\.aws\.confluent\.cloud\/kafka\/v3\/clusters\/lkc-abc123\/topics\/voucherify\/records$/,
    body: v.strictObject({
      key: v.strictObject({ type: v.literal("STRING"), data: text }),
      value: v.strictObject({ type: v.literal("JSON"), data: isEvent }),
      headers: v.array(v.strictObject({ name: text, value: v.pipe(text, v.base64()) })),
    }),
  },
  zapier: { url: /^https:\/\/hooks\.zapier\.com\/hooks\/catch\/\{\{ZAPIER_PATH\}\}$/, body: isEvent },
  make: { url: /^https:\/\/hook\.eu1\.make\.com\/\{\{MAKE_PATH\}\}$/, body: isEvent },
  n8n: { url: /^https:\/\/lantern\.app\.n8n\.cloud\/webhook\/\{\{N8N_PATH\}\}$/, body: isEvent },
  webhook: { url: /^https:\/\/hooks\.shop\.example\/voucherify\/events$/, body: isEvent },
};
