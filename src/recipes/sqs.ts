// Amazon SQS: a message in a queue, standard or first-in-first-out.

import { AWS_REGIONS } from "./aws-regions.ts";
import { eachFamily, EVENT } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** Whether the queue is first-in-first-out: such a queue's name ends so, and no other's can. */
const IS_FIFO = "$contains('<<queue>>', '.fifo')";

/** SQS's `SendMessage`. */
export const sqs: Recipe = {
  id: "sqs",
  title: "Amazon SQS: send a message",
  summary: "Sends the whole event as a message.",
  documentation: {
    url: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html",
    readOn: "2026-11-24",
  },
  evidence: {
    url: "memory",
    authentication: "read",
    body: "read",
    success: "read",
    limits: "read",
    idempotency: "read",
  },
  notes: [
    "A queue whose name ends with .fifo removes repeats for five minutes, and keeps the events of a customer in the order in which they are delivered. In a standard queue a repeat is a second message; recognise it by the id in it.",
    "The message is the event as JSON. SQS takes 1 MiB and refuses what is longer.",
  ],
  settings: {
    region: { kind: "choice", meaning: "The queue's region", choices: AWS_REGIONS },
    account: { kind: "text", meaning: "The account's number", pattern: "[0-9]{12}", example: "123456789012" },
    queue: {
      kind: "text",
      meaning: "The queue's name",
      pattern: String.raw`[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo`,
      example: "voucherify.fifo",
    },
  },
  secrets: {
    access_key_id: "The id of an access key of a user who may sqs:SendMessage to the queue",
    secret_access_key: "Its secret",
  },
  authentication: {
    type: "aws_sigv4",
    service: "sqs",
    region: "<<region>>",
    accessKeyId: "access_key_id",
    secretAccessKey: "secret_access_key",
  },
  requests: eachFamily(() => ({
    url: "https://sqs.<<region>>.amazonaws.com/",
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" },
    body: {
      QueueUrl: "https://sqs.<<region>>.amazonaws.com/<<account>>/<<queue>>",
      MessageBody: EVENT.json,
      // A standard queue refuses the first and means something else by the second.
      MessageDeduplicationId: `{{ ${IS_FIFO} ? $key(64) }}`,
      MessageGroupId: `{{ ${IS_FIFO} ? $default(customer.id, holder.id, campaign.id, $webhook.project_id, 'voucherify') }}`,
    },
  })),
  success: [{ path: "body.MessageId", op: "exists", value: true }],
  retry: [{ path: "body.__type", op: "contains", value: "Throttl" }],
  idempotency: { kind: "body", field: "MessageDeduplicationId", windowSeconds: 300 },
  limits: { bodyBytesMax: 1_048_576 },
};
