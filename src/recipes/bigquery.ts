// BigQuery: a row, streamed into a table.

import { CUSTOMER, eachFamily, EVENT } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** BigQuery's `tabledata.insertAll`. */
export const bigquery: Recipe = {
  id: "bigquery",
  title: "BigQuery: insert a row",
  summary: "Streams a row for each event into a table.",
  documentation: {
    url: "https://cloud.google.com/bigquery/docs/reference/rest/v2/tabledata/insertAll",
    readOn: "2026-11-22",
  },
  evidence: { url: "read", authentication: "read", body: "read", success: "read", limits: "read", retry: "memory" },
  notes: [
    "The table's columns: sendout_id STRING, event_type STRING, occurred_at TIMESTAMP, received_at TIMESTAMP, customer_id STRING, code STRING, campaign STRING, payload JSON (or STRING). Columns of these that the table lacks are left out.",
    "payload is the whole event as JSON.",
    "BigQuery answers 200 for a row it has refused; delivered is what has no insertErrors.",
    "insertId removes repeats for about a minute, as well as BigQuery can. For later ones query by sendout_id.",
  ],
  settings: {
    project: {
      kind: "text",
      meaning: "The project's id",
      pattern: "[a-z][a-z0-9-]{4,28}[a-z0-9]",
      example: "lantern-data",
    },
    dataset: { kind: "text", meaning: "The dataset", pattern: "[A-Za-z0-9_]{1,1024}", example: "voucherify" },
    table: {
      kind: "text",
      meaning: "The table",
      pattern: "[A-Za-z0-9_-]{1,1024}",
      example: "events",
      default: "events",
    },
  },
  secrets: {
    service_account: "A service account's key (the JSON file), with the role BigQuery Data Editor on the table",
  },
  authentication: {
    type: "google_service_account",
    key: "service_account",
    scopes: ["https://www.googleapis.com/auth/bigquery.insertdata"],
  },
  requests: eachFamily(() => ({
    url: "https://bigquery.googleapis.com/bigquery/v2/projects/<<project>>/datasets/<<dataset>>/tables/<<table>>/insertAll",
    body: {
      ignoreUnknownValues: true,
      rows: [
        {
          insertId: "{{ $key(64) }}",
          json: {
            sendout_id: "{{ $webhook.id }}",
            event_type: EVENT.type,
            occurred_at: EVENT.time,
            received_at: "{{ $now() }}",
            customer_id: CUSTOMER.id,
            code: "{{ $default(voucher.code) }}",
            campaign: "{{ $default(campaign.name, voucher.campaign) }}",
            payload: EVENT.json,
          },
        },
      ],
    },
  })),
  success: [{ path: "body.insertErrors", op: "exists", value: false }],
  retry: [
    { path: "body.error.errors.0.reason", op: "in", value: ["rateLimitExceeded", "quotaExceeded", "backendError"] },
    { path: "body.insertErrors.0.errors.0.reason", op: "in", value: ["backendError", "timeout"] },
  ],
  idempotency: { kind: "body", field: "rows.0.insertId", windowSeconds: 60 },
  limits: { bodyBytesMax: 10_000_000 },
};
