// Creates and updates our webhook. The API may take only one spelling of event types, so a draft that it refuses is sent once
// more in the other.

import type { UpstreamResult, Webhook, WebhookClient, WebhookDraft } from "./client.ts";
import { spellings } from "./spelling.ts";
import type { WebhookPlan } from "./webhook-plan.ts";

/**
 * Carries a plan out; four calls at most. What was created may lack `customer.updated`, which the API may not know.
 *
 * @param seen event types as the API has shown them
 */
export async function applyPlan(
  client: WebhookClient,
  plan: WebhookPlan & { action: "create" | "update" },
  seen: readonly string[],
): Promise<UpstreamResult<Webhook>> {
  const write = async (draft: WebhookDraft) =>
    plan.action === "create" ? client.create(draft) : client.update(plan.id, draft);
  return inEverySpelling(plan.draft, seen, write);
}

/** Enables a webhook and changes nothing else of it; five calls at most. */
export async function enableWebhook(
  client: WebhookClient,
  { id, targetUrl, events }: Webhook,
): Promise<UpstreamResult<Webhook>> {
  const draft = { targetUrl, events, active: true };
  // As the API has them it should take them.
  const enabled = await client.update(id, draft);
  return isRefused(enabled) ? inEverySpelling(draft, events, async (respelt) => client.update(id, respelt)) : enabled;
}

async function inEverySpelling(
  draft: WebhookDraft,
  seen: readonly string[],
  write: (draft: WebhookDraft) => Promise<UpstreamResult<Webhook>>,
): Promise<UpstreamResult<Webhook>> {
  const [first = [], ...others] = spellings(draft.events, seen);
  let written = await write({ ...draft, events: first });
  for (const events of others) {
    if (!isRefused(written)) return written;
    written = await write({ ...draft, events });
  }
  return written;
}

/** Whether other words might do. */
function isRefused(result: UpstreamResult<Webhook>): boolean {
  return !result.ok && result.reason === "request_refused";
}
