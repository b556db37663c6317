// Which of the project's webhooks is ours, how it differs from what the routing table needs, and what would put that right.
// Pure.

import type { Webhook, WebhookDraft } from "./client.ts";
import { inletUrl, isInletUrl, leadsToInlet, type InletAddress } from "./inlet-url.ts";
import { spellAsSent } from "./spelling.ts";

/** What a webhook is to be like. */
export interface Wanted {
  address: InletAddress;
  /** Event types that the table's routes take, as they are sent. */
  events: readonly string[];
}

/** How a webhook differs from what is wanted. Event types are spelt as they are sent. */
export interface Difference {
  /** `token`: the right host and inlet, with another token behind it. */
  url: "same" | "token" | "other";
  /** Those that a route takes and that are not ticked: they are never sent. */
  missing: string[];
  /** Those that are ticked and that no route takes: they arrive and are logged as unrouted. */
  superfluous: string[];
}

/**
 * Our webhook among those of the project: the one with the id, else one whose URL is the inlet's, active ones first, else
 * one that leads to the inlet. Undefined when there is none.
 */
export function findWebhook(
  webhooks: readonly Webhook[],
  address: InletAddress,
  id: string | undefined,
): Webhook | undefined {
  const byId = webhooks.find((webhook) => webhook.id === id);
  if (byId !== undefined) return byId;
  const rank = ({ targetUrl, active }: Webhook) => (isInletUrl(targetUrl, address) ? 2 : 0) + (active ? 1 : 0);
  const leading = webhooks.filter(({ targetUrl }) => leadsToInlet(targetUrl, address));
  return leading.toSorted((one, other) => rank(other) - rank(one))[0];
}

/** Other active webhooks that post to the same inlet: each event of both arrives twice, under two ids. */
export function findTwins(webhooks: readonly Webhook[], address: InletAddress, ours: Webhook | undefined): string[] {
  return webhooks
    .filter(({ id, active, targetUrl }) => active && id !== ours?.id && leadsToInlet(targetUrl, address))
    .map(({ id }) => id);
}

/** How a webhook differs from what is wanted. */
export function compareWebhook({ targetUrl, events }: Webhook, { address, events: wanted }: Wanted): Difference {
  const ticked = events.map(spellAsSent);
  const here = leadsToInlet(targetUrl, address) ? "token" : "other";
  return {
    url: isInletUrl(targetUrl, address) ? "same" : here,
    missing: wanted.filter((type) => !ticked.includes(type)),
    superfluous: ticked.filter((type) => !wanted.includes(type)),
  };
}

/** What would make a webhook as it is wanted. Event types of drafts are spelt as they are sent. */
export type WebhookPlan =
  | { action: "create"; draft: WebhookDraft }
  | { action: "update"; id: string; draft: WebhookDraft }
  | { action: "nothing" }
  /** The inlet's host is not known or its token not set, or no route takes anything that a webhook could send. */
  | { action: "impossible"; why: "url_unknown" | "no_events" };

/**
 * Plans how to make our webhook as it is wanted. What is disabled stays so: to enable it is another decision.
 *
 * @param prune whether to untick what no route takes; else it stays
 */
export function planWebhook(ours: Webhook | undefined, wanted: Wanted, prune: boolean): WebhookPlan {
  const targetUrl = inletUrl(wanted.address);
  if (targetUrl === undefined) return { action: "impossible", why: "url_unknown" };
  if (ours === undefined) {
    if (wanted.events.length === 0) return { action: "impossible", why: "no_events" };
    return { action: "create", draft: { targetUrl, events: [...wanted.events], active: true } };
  }
  const { url, missing, superfluous } = compareWebhook(ours, wanted);
  const isPruned = prune && superfluous.length > 0 && wanted.events.length > 0;
  if (url === "same" && missing.length === 0 && !isPruned) return { action: "nothing" };
  const events = isPruned ? [...wanted.events] : [...ours.events.map(spellAsSent), ...missing];
  return { action: "update", id: ours.id, draft: { targetUrl, events, active: ours.active } };
}
