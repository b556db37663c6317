// Kafka by Confluent's REST API, version 3: a record in a topic.

import { eachFamily } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** Confluent Cloud's "produce records". */
export const kafkaRest: Recipe = {
  id: "kafka-rest",
  title: "Kafka: produce a record (Confluent REST v3)",
  summary: "Produces a record with the whole event, keyed by the customer so that a customer's events stay in order.",
  documentation: { url: "https://docs.confluent.io/cloud/current/api.html#tag/Records-(v3)", readOn: "2026-11-24" },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    limits: "memory",
    retry: "secondary",
  },
  notes: [
    "200 says only that the connection was made; delivered is what says error_code 200 for the record.",
    "A repeat is a second record: the API takes no key of ours. Consumers recognise it by the header sendout_id.",
    "The key is the customer's source_id, else Voucherify's id of the customer, else the entity's; without any of them the record's own.",
    "For a REST proxy of your own, print this recipe and change the host; a proxy has no /kafka in front of /v3.",
  ],
  settings: {
    host: {
      kind: "text",
      meaning: "The host of the cluster's REST endpoint, without the port",
      pattern: String.raw`[a-z0-9-]+(?:\.[a-z0-9-]+)*\.confluent\.cloud`,
      example: "pkc-4r087.eu-west-1.aws.confluent.cloud",
    },
    cluster: { kind: "text", meaning: "The cluster's id", pattern: "[A-Za-z0-9_-]{1,100}", example: "lkc-abc123" },
    topic: {
      kind: "text",
      meaning: "The topic",
      pattern: "[A-Za-z0-9_-][A-Za-z0-9._-]{0,248}",
      example: "voucherify",
      default: "voucherify",
    },
    api_key: {
      kind: "text",
      meaning: "The API key, whose secret is below",
      pattern: "[A-Z0-9]{16}",
      example: "ABCDEFGHIJ234567",
    },
  },
  secrets: { api_secret: "The API key's secret" },
  authentication: { type: "basic", username: "<<api_key>>", password: "api_secret" },
  requests: eachFamily(() => ({
    url: "https://<<host>>/kafka/v3/clusters/<<cluster>>/topics/<<topic>>/records",
    body: {
      key: {
        type: "STRING",
        data: "{{ $default(customer.source_id, holder.source_id, customer.id, holder.id, $webhook.event.entity_id, $key(43)) }}",
      },
      value: { type: "JSON", data: "{{ $webhook }}" },
      // Values of headers are bytes, which this API takes in base64.
      headers: [
        { name: "sendout_id", value: "{{ $base64($webhook.id) }}" },
        { name: "event_type", value: "{{ $base64($webhook.event.type) }}" },
      ],
    },
  })),
  success: [{ path: "body.error_code", op: "eq", value: 200 }],
  // Confluent's codes have the status in front: too many requests, retriable, broker not available.
  retry: [{ path: "body.error_code", op: "in", value: [429, 42901, 500, 503, 50003, 50302] }],
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 1_000_000 },
};
