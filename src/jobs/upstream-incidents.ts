// What people are told of a webhook that is not as it should be; what to do about it the kind of incident says. Pure.

import type { Watch } from "../ledger/upstream-watch.ts";
import type { WantedWebhook } from "../routing/wanted-webhook.ts";
import type { UpstreamReason, Webhook } from "../upstream/client.ts";
import type { ConnectReason } from "../upstream/credentials.ts";
import { shownInletUrl, shownTargetUrl } from "../upstream/inlet-url.ts";
import type { Difference } from "../upstream/webhook-plan.ts";

/** What came of enabling a webhook by itself. */
export type Reenabling =
  | { outcome: "enabled" }
  | { outcome: "not asked for" }
  | { outcome: "too often"; times: number }
  | { outcome: "useless"; lacking: readonly string[] }
  | { outcome: "failed"; detail: string };

/** How many event types a sentence names. */
const NAMED_MAX = 5;

/** That a webhook has been disabled, since when, and what was done about it. */
export function describeDisabled(
  { id, targetUrl }: Pick<Webhook, "id" | "targetUrl">,
  watch: Pick<Watch, "state" | "stateSince" | "lookedAt">,
  reenabling: Reenabling,
  now: number,
): string {
  return `The webhook ${id}, which posts to ${shownTargetUrl(targetUrl)}, is disabled: Voucherify does that after twelve failed tries. ${sinceWhen(watch, now)} Nothing is sent meanwhile, and nothing of it comes later by itself. ${describeReenabling(reenabling)}`;
}

function sinceWhen({ state, stateSince, lookedAt }: Pick<Watch, "state" | "stateSince" | "lookedAt">, now: number) {
  if (state === "disabled") return `It was found so at ${instant(stateSince ?? now)}.`;
  if (state === "active" && lookedAt !== null)
    return `It was active at ${instant(lookedAt)} and no more at ${instant(now)}.`;
  return `It was so at the first look, at ${instant(now)}.`;
}

function describeReenabling(reenabling: Reenabling): string {
  switch (reenabling.outcome) {
    case "enabled":
      return "It has been enabled again; this ends with the next look that finds it active.";
    case "not asked for":
      return "Enabling it is left to you.";
    case "too often":
      return `It was enabled by itself ${reenabling.times} times within a day and disabled each time, so that is left to you now.`;
    case "useless":
      return `The inlet refuses everything while ${reenabling.lacking.join(", ")} is not set, so it was not enabled; once that is set, it is by itself.`;
    case "failed":
      return `It could not be enabled: ${reenabling.detail}. It is tried again.`;
  }
}

/** That there is no webhook although routes take what it would send. */
export function describeMissing({ address, events }: Pick<WantedWebhook, "address" | "events">): string {
  return `The project has no webhook that posts to ${shownInletUrl(address)}, although routes take ${list(events)} from there.`;
}

/** That a webhook has another URL than the inlet, or lacks event types that routes take. */
export function describeChanged(
  { id, targetUrl }: Pick<Webhook, "id" | "targetUrl">,
  { url, missing }: Difference,
  { address }: Pick<WantedWebhook, "address">,
): string {
  const shown = shownInletUrl(address);
  const ofUrl = {
    same: "",
    token: ` Its URL does not end in the token of ${shown}: sendouts are refused.`,
    other: ` It posts to ${shownTargetUrl(targetUrl)} and not to ${shown}.`,
  }[url];
  const ofEvents = missing.length === 0 ? "" : ` It does not send ${list(missing)}, which routes take.`;
  return `The webhook ${id} is not as the routing table needs it.${ofUrl}${ofEvents}`;
}

/** That Voucherify does not say how the webhook stands. */
export function describeUnwatched(
  reason: UpstreamReason | ConnectReason,
  detail: string,
  { lookedAt }: Pick<Watch, "lookedAt">,
): string {
  const last = lookedAt === null ? "It has never been seen." : `It was seen at ${instant(lookedAt)} for the last time.`;
  return `Whether the webhook is active cannot be told: ${detail}. ${last} ${REMEDIES[reason]}`;
}

const TRY_LATER = "It is asked again, every hour at least.";

/** What to do about each way of not being answered. */
const REMEDIES: Readonly<Record<UpstreamReason | ConnectReason, string>> = {
  credentials_refused:
    "Check the two secrets that settings.voucherify names against Voucherify's Management API credentials.",
  plan_lacks_api:
    "The Management API is for Enterprise plans. Without it take settings.voucherify out of the table and set the webhook up by hand (docs/voucherify.md).",
  not_there: "Check project and api in settings.voucherify.",
  request_refused: "Check settings.voucherify.",
  throttled: TRY_LATER,
  unavailable: TRY_LATER,
  answer_unreadable: "Check that settings.voucherify.api is Voucherify's.",
  secret_missing: "Set it on the Worker, or put it into the vault (docs/secrets.md).",
  secret_unavailable: TRY_LATER,
  address_refused: "Check settings.voucherify.api.",
};

function list(types: readonly string[]): string {
  const more = types.length > NAMED_MAX ? ` and ${types.length - NAMED_MAX} more` : "";
  return `${types.slice(0, NAMED_MAX).join(", ")}${more}`;
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
