// Google Sheets: a row at the end of a sheet.

import { eachFamily, EVENT } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** Google Sheets' `values.append`. */
export const googleSheets: Recipe = {
  id: "google-sheets",
  title: "Google Sheets: append a row",
  summary: "Appends a row for each event to a sheet.",
  documentation: {
    url: "https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values/append",
    readOn: "2026-11-24",
  },
  evidence: { url: "read", authentication: "memory", body: "read", success: "memory", limits: "memory" },
  notes: [
    "Columns: time, event, customer's source_id, customer's e-mail, code, campaign, amount paid, sendout's id. Write them into the first row.",
    "Values are written RAW: a code that begins with = stays text and is never a formula.",
    "A repeat is a second row: Sheets takes no key. The last column tells which.",
    "Share the spreadsheet with the service account's e-mail address, as an editor.",
    "Sheets takes about 60 requests a minute; for more events choose BigQuery.",
  ],
  settings: {
    spreadsheet: {
      kind: "text",
      meaning: "The spreadsheet's id, from its URL",
      pattern: "[A-Za-z0-9_-]{20,100}",
      example: "1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvWxYz",
    },
    sheet: {
      kind: "text",
      meaning: "The sheet's name",
      pattern: "[A-Za-z0-9_]{1,100}",
      example: "Events",
      default: "Sheet1",
    },
  },
  secrets: { service_account: "A service account's key (the JSON file)" },
  authentication: {
    type: "google_service_account",
    key: "service_account",
    scopes: ["https://www.googleapis.com/auth/spreadsheets"],
  },
  requests: eachFamily(() => ({
    url: "https://sheets.googleapis.com/v4/spreadsheets/<<spreadsheet>>/values/<<sheet>>!A1:append",
    query: { valueInputOption: "RAW", insertDataOption: "INSERT_ROWS" },
    // A cell left out would move those behind it to the left; Sheets skips null and leaves the cell empty.
    missing: "null",
    body: {
      majorDimension: "ROWS",
      values: [
        [
          EVENT.time,
          EVENT.type,
          "{{ $default(customer.source_id, holder.source_id) }}",
          "{{ $default(customer.email, holder.email) }}",
          "{{ $default(voucher.code) }}",
          "{{ $default(campaign.name, voucher.campaign) }}",
          "{{ $money(order.total_amount) }}",
          "{{ $webhook.id }}",
        ],
      ],
    },
  })),
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 2_000_000, ratePerSecond: 1 },
};
