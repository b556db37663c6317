// The shapes of requests that event systems, messaging about events and contacts document.

import * as v from "valibot";

const text = v.pipe(v.string(), v.nonEmpty());
const nameUpTo = (length: number) => v.pipe(text, v.maxLength(length), v.regex(/^[A-Za-z][\w ]*$/));
const email = v.pipe(v.string(), v.email());
const instant = v.pipe(v.string(), v.isoTimestamp());
/** 2001 to 2286 in seconds. */
const unixSeconds = v.pipe(v.number(), v.integer(), v.minValue(1e9), v.maxValue(1e10 - 1));
const unixMs = v.pipe(v.number(), v.integer(), v.minValue(1e12), v.maxValue(1e13 - 1));
const unixMicros = v.pipe(v.number(), v.integer(), v.minValue(1e15), v.maxValue(1e16 - 1));
const uuid = v.pipe(v.string(), v.uuid(), v.regex(/^.{14}5/, "version 5"));
const ulid = v.pipe(v.string(), v.ulid());
const key = (lengthMax: number) => v.pipe(v.string(), v.regex(/^[\w-]{43,}$/), v.maxLength(lengthMax));

const plain = v.union([v.string(), v.pipe(v.number(), v.finite()), v.boolean()]);
/** Properties whose destination says nothing against null. */
const properties = v.record(v.pipe(v.string(), v.regex(/^[a-z_]+$/)), v.nullable(plain));
const propertiesWithoutNull = v.record(v.pipe(v.string(), v.regex(/^[a-z_]+$/)), plain);
const texts = v.record(v.pipe(v.string(), v.regex(/^[a-z_]+$/)), text);

const data = <T extends v.GenericSchema>(type: string, attributes: T) =>
  v.strictObject({ data: v.strictObject({ type: v.literal(type), attributes }) });

/** What the destination documents of a request. */
export interface Shape {
  url: RegExp;
  headers?: Record<string, string>;
  body: v.GenericSchema;
}

/** By recipe. */
export const EVENT_SHAPES: Readonly<Record<string, Shape>> = {
  braze: {
    url: /^https:\/\/rest\.iad-01\.braze\.com\/users\/track$/,
    headers: { authorization: "Bearer {{api_key}}" },
    body: v.strictObject({
      events: v.tuple([
        v.strictObject({
          external_id: text,
          name: nameUpTo(255),
          time: instant,
          properties: v.record(v.pipe(v.string(), v.maxLength(255)), plain),
        }),
      ]),
    }),
  },
  klaviyo: {
    url: /^https:\/\/a\.klaviyo\.com\/api\/events$/,
    headers: {
      authorization: "Klaviyo-API-Key {{api_key}}",
      revision: "2026-07-15",
      "content-type": "application/vnd.api+json",
    },
    body: data(
      "event",
      v.strictObject({
        unique_id: uuid,
        time: instant,
        value: v.optional(v.number()),
        properties: v.pipe(properties, v.maxEntries(400)),
        metric: data("metric", v.strictObject({ name: nameUpTo(127) })),
        profile: data("profile", v.strictObject({ email: v.optional(email), external_id: v.optional(text) })),
      }),
    ),
  },
  segment: {
    url: /^https:\/\/api\.segment\.io\/v1\/track$/,
    body: v.strictObject({
      writeKey: v.literal("{{SEGMENT_WRITE_KEY}}"),
      userId: v.optional(text),
      anonymousId: v.optional(text),
      event: nameUpTo(255),
      messageId: key(99),
      timestamp: instant,
      properties,
    }),
  },
  mparticle: {
    url: /^https:\/\/s2s\.us1\.mparticle\.com\/v2\/events$/,
    body: v.strictObject({
      environment: v.picklist(["production", "development"]),
      source_request_id: v.optional(text),
      user_identities: v.strictObject({ customer_id: v.optional(text), email: v.optional(email) }),
      events: v.tuple([
        v.strictObject({
          event_type: v.literal("custom_event"),
          data: v.strictObject({
            event_name: nameUpTo(256),
            custom_event_type: v.picklist(["transaction", "other"]),
            timestamp_unixtime_ms: unixMs,
            custom_attributes: texts,
          }),
        }),
      ]),
    }),
  },
  "iterable-events": {
    url: /^https:\/\/api\.iterable\.com\/api\/events\/track$/,
    headers: { "api-key": "{{api_key}}" },
    body: v.strictObject({
      userId: text,
      eventName: nameUpTo(255),
      id: key(512),
      createdAt: unixSeconds,
      dataFields: properties,
    }),
  },
  "iterable-trigger": {
    url: /^https:\/\/api\.iterable\.com\/api\/email\/target$/,
    headers: { "api-key": "{{api_key}}" },
    body: v.strictObject({
      recipientUserId: text,
      campaignId: v.pipe(v.number(), v.integer()),
      dataFields: properties,
    }),
  },
  customerio: {
    url: /^https:\/\/track\.customer\.io\/api\/v1\/customers\/[\w.~%-]+\/events$/,
    body: v.strictObject({ name: nameUpTo(100), id: ulid, timestamp: unixSeconds, data: properties }),
  },
  bloomreach: {
    url: /^https:\/\/api\.exponea\.com\/track\/v2\/projects\/[0-9a-f-]{36}\/customers\/events$/,
    body: v.strictObject({
      customer_ids: v.strictObject({ registered: text }),
      event_type: nameUpTo(255),
      timestamp: unixSeconds,
      properties: propertiesWithoutNull,
    }),
  },
  ga4: {
    url: /^https:\/\/www\.google-analytics\.com\/mp\/collect\?measurement_id=G-\w+&api_secret=\{\{GA4_API_SECRET\}\}$/,
    body: v.strictObject({
      client_id: text,
      user_id: v.optional(v.pipe(text, v.maxLength(256))),
      timestamp_micros: unixMicros,
      events: v.tuple([
        v.strictObject({
          name: v.pipe(v.string(), v.regex(/^[A-Za-z]\w{0,39}$/)),
          params: v.pipe(
            v.record(v.pipe(v.string(), v.regex(/^[a-z]\w{0,39}$/)), v.union([v.string(), v.number()])),
            v.maxEntries(25),
          ),
        }),
      ]),
    }),
  },
  amplitude: {
    url: /^https:\/\/api2\.amplitude\.com\/2\/httpapi$/,
    body: v.strictObject({
      api_key: v.literal("{{AMPLITUDE_API_KEY}}"),
      events: v.tuple([
        v.strictObject({
          user_id: v.optional(text),
          device_id: v.optional(text),
          event_type: nameUpTo(255),
          time: unixMs,
          insert_id: key(255),
          event_properties: properties,
        }),
      ]),
      options: v.strictObject({ min_id_length: v.literal(1) }),
    }),
  },
  mixpanel: {
    url: /^https:\/\/api\.mixpanel\.com\/import\?strict=1&project_id=\d+$/,
    body: v.tuple([
      v.strictObject({
        event: nameUpTo(255),
        properties: v.objectWithRest(
          { time: unixMs, distinct_id: text, $insert_id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,36}$/)) },
          v.nullable(plain),
        ),
      }),
    ]),
  },
  posthog: {
    url: /^https:\/\/us\.i\.posthog\.com\/i\/v0\/e\/$/,
    body: v.strictObject({
      api_key: v.literal("{{POSTHOG_API_KEY}}"),
      uuid,
      event: nameUpTo(200),
      distinct_id: v.pipe(text, v.maxLength(200)),
      timestamp: instant,
      properties: v.objectWithRest({ $geoip_disable: v.literal(true) }, v.nullable(plain)),
    }),
  },
  "onesignal-event": {
    url: /^https:\/\/api\.onesignal\.com\/apps\/[0-9a-f-]{36}\/custom_events$/,
    headers: { authorization: "Key {{api_key}}" },
    body: v.strictObject({
      events: v.tuple([
        v.strictObject({
          name: nameUpTo(128),
          external_id: text,
          timestamp: instant,
          idempotency_key: uuid,
          properties: propertiesWithoutNull,
        }),
      ]),
    }),
  },
  "onesignal-notification": {
    url: /^https:\/\/api\.onesignal\.com\/notifications$/,
    headers: { authorization: "Key {{api_key}}" },
    body: v.strictObject({
      app_id: v.pipe(v.string(), v.uuid()),
      target_channel: v.literal("push"),
      include_aliases: v.strictObject({ external_id: v.tuple([text]) }),
      contents: v.strictObject({ en: text }),
      ttl: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2_419_200)),
      idempotency_key: uuid,
    }),
  },
  attentive: {
    url: /^https:\/\/api\.attentivemobile\.com\/v1\/events\/custom$/,
    headers: { authorization: "Bearer {{api_key}}" },
    body: v.strictObject({
      type: nameUpTo(255),
      externalEventId: uuid,
      occurredAt: instant,
      user: v.strictObject({
        email: v.optional(email),
        externalIdentifiers: v.strictObject({ clientUserId: v.optional(text) }),
      }),
      // A key has none of " { } [ ] \ |
      properties: v.pipe(v.record(v.pipe(v.string(), v.regex(/^[^"{}[\]\\|]+$/)), plain), v.maxEntries(200)),
    }),
  },
  "hubspot-event": {
    url: /^https:\/\/api\.hubapi\.com\/events\/2026-03\/send$/,
    headers: { authorization: "Bearer {{token}}" },
    body: v.strictObject({
      eventName: v.pipe(v.string(), v.regex(/^pe\d+_[a-z][a-z0-9_-]{0,49}$/)),
      email,
      uuid,
      occurredAt: instant,
      properties: v.pipe(texts, v.maxEntries(50)),
    }),
  },
  "hubspot-contact": {
    url: /^https:\/\/api\.hubapi\.com\/crm\/objects\/2026-03\/contacts\/batch\/upsert$/,
    headers: { authorization: "Bearer {{token}}" },
    body: v.strictObject({
      inputs: v.tuple([
        v.strictObject({ id: email, idProperty: v.literal("email"), properties: v.record(v.string(), v.string()) }),
      ]),
    }),
  },
  intercom: {
    url: /^https:\/\/api\.intercom\.io\/events$/,
    headers: { authorization: "Bearer {{token}}", "intercom-version": "2.14" },
    body: v.strictObject({
      event_name: v.pipe(text, v.regex(/^[^.$]+$/)),
      created_at: unixSeconds,
      user_id: text,
      metadata: v.pipe(propertiesWithoutNull, v.maxEntries(10)),
    }),
  },
  activecampaign: {
    url: /^https:\/\/example\.api-us1\.com\/api\/3\/contact\/sync$/,
    headers: { "api-token": "{{api_key}}" },
    body: v.strictObject({
      contact: v.strictObject({
        email,
        firstName: v.optional(text),
        lastName: v.optional(text),
        phone: v.optional(text),
        fieldValues: v.array(
          v.strictObject({
            field: v.pipe(v.string(), v.regex(/^\d+$/)),
            value: v.union([v.string(), v.number()]),
          }),
        ),
      }),
    }),
  },
};
