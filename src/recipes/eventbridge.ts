// Amazon EventBridge: an event on a bus, for rules to match.

import { AWS_REGIONS } from "./aws-regions.ts";
import { eachFamily, EVENT } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** EventBridge's `PutEvents`. */
export const eventbridge: Recipe = {
  id: "eventbridge",
  title: "Amazon EventBridge: put an event",
  summary: "Puts the whole event on a bus, with its type as detail type.",
  documentation: {
    url: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html",
    readOn: "2026-11-24",
  },
  evidence: { url: "read", authentication: "read", body: "read", success: "read", limits: "read", retry: "memory" },
  notes: [
    "EventBridge answers 200 for an event it has refused; delivered is FailedEntryCount 0.",
    "A repeat is a second event: EventBridge takes no key. Rules' targets recognise it by detail.id.",
    "The detail is the event as JSON. EventBridge takes 1 MB in all and refuses what is longer.",
  ],
  settings: {
    region: { kind: "choice", meaning: "The bus's region", choices: AWS_REGIONS },
    bus: {
      kind: "text",
      meaning: "The bus's name or ARN",
      pattern: "[A-Za-z0-9_.:/-]{1,256}",
      example: "voucherify",
      default: "default",
    },
    source: {
      kind: "text",
      meaning: "The event's source, for rules; one that begins with aws belongs to Amazon",
      pattern: "(?!aws)[A-Za-z0-9_./-]{1,256}",
      example: "voucherify",
      default: "voucherify",
    },
  },
  secrets: {
    access_key_id: "The id of an access key of a user who may events:PutEvents on the bus",
    secret_access_key: "Its secret",
  },
  authentication: {
    type: "aws_sigv4",
    service: "events",
    region: "<<region>>",
    accessKeyId: "access_key_id",
    secretAccessKey: "secret_access_key",
  },
  requests: eachFamily(() => ({
    url: "https://events.<<region>>.amazonaws.com/",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" },
    body: {
      Entries: [
        {
          EventBusName: "<<bus>>",
          Source: "<<source>>",
          DetailType: EVENT.type,
          Time: EVENT.unix,
          Detail: EVENT.json,
        },
      ],
    },
  })),
  success: [{ path: "body.FailedEntryCount", op: "eq", value: 0 }],
  retry: [
    { path: "body.__type", op: "contains", value: "Throttl" },
    {
      path: "body.Entries.0.ErrorCode",
      op: "in",
      value: ["ThrottlingException", "InternalException", "InternalFailure"],
    },
  ],
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 1_000_000 },
};
