// Alerts as JSON to a URL, signed by Standard Webhooks, for whoever wants to make something of them.

import type { Alert } from "../../ledger/alerts.ts";
import type { RenderedRequest } from "../../translation/rendered.ts";
import type { Channel } from "../settings.ts";

/** The request that tells of a message. It is the same each time it is sent, so that a repeat can be recognised. */
export function webhookRequest(
  { url }: Channel & { type: "webhook" },
  { id, change, severity, kind, subject, message, createdAt }: Alert,
): RenderedRequest {
  const body = {
    type: "signalbox.alert",
    id,
    at: new Date(createdAt).toISOString(),
    change,
    severity,
    kind,
    subject,
    ...message,
  };
  return {
    method: "POST",
    url: [url],
    headers: [["content-type", ["application/json"]]],
    body: [JSON.stringify(body)],
  };
}
