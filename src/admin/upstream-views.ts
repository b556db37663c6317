// The webhook in Voucherify as answers have it. What its URL has of secrets is not shown.

import * as v from "valibot";
import { WEBHOOK_STATES, type Watch } from "../ledger/upstream-watch.ts";
import type { WantedWebhook } from "../routing/wanted-webhook.ts";
import type { Webhook } from "../upstream/client.ts";
import { shownTargetUrl } from "../upstream/inlet-url.ts";
import { spellAsSent } from "../upstream/spelling.ts";
import { compareWebhook } from "../upstream/webhook-plan.ts";
import { MaybeInstantSchema, toMaybeInstant } from "./answers.ts";

export const WebhookSchema = v.object({
  id: v.nullable(v.string()),
  url: v.string(),
  active: v.boolean(),
  events: v.array(v.string()),
});

export const DifferenceSchema = v.object({
  url: v.pipe(
    v.picklist(["same", "token", "other"]),
    v.description("Whether it posts to the inlet; `token` when only what stands behind the inlet's name is another."),
  ),
  missing: v.pipe(v.array(v.string()), v.description("Event types that routes take and that are not ticked.")),
  superfluous: v.pipe(v.array(v.string()), v.description("Event types that are ticked and that no route takes.")),
});

export const WatchSchema = v.object({
  state: v.picklist(WEBHOOK_STATES),
  since: v.pipe(MaybeInstantSchema, v.description("The first look that found it so.")),
  lookedAt: v.pipe(MaybeInstantSchema, v.description("The last look that was answered.")),
  nextLookAt: MaybeInstantSchema,
  failures: v.pipe(v.number(), v.description("How many looks in a row were not answered.")),
  failure: v.nullable(v.string()),
  reenabled: v.pipe(v.array(v.string()), v.description("When it was enabled again by itself within the last day.")),
});

const DAY_MS = 24 * 60 * 60_000;

/** A webhook as it is shown; `id` is null of one that is still to be created. */
export function describeWebhook({
  id,
  targetUrl,
  active,
  events,
}: Omit<Webhook, "id"> & { id: string | null }): v.InferOutput<typeof WebhookSchema> {
  return { id, url: shownTargetUrl(targetUrl), active, events: events.map(spellAsSent) };
}

/** How a webhook differs from what is wanted; null where there is none. */
export function describeDifference(
  ours: Webhook | undefined,
  wanted: WantedWebhook,
): v.InferOutput<typeof DifferenceSchema> | null {
  return ours === undefined ? null : compareWebhook(ours, wanted);
}

/** What the watchdog last saw; null before its first look. */
export function describeWatch(watch: Watch | undefined, now: number): v.InferOutput<typeof WatchSchema> | null {
  if (watch === undefined) return null;
  const { state, stateSince, lookedAt, nextLookAt, failures, failure, reenabled } = watch;
  return {
    state,
    since: toMaybeInstant(stateSince),
    lookedAt: toMaybeInstant(lookedAt),
    nextLookAt: toMaybeInstant(nextLookAt === 0 ? null : nextLookAt),
    failures,
    failure,
    reenabled: reenabled.filter((at) => now - at < DAY_MS).map((at) => new Date(at).toISOString()),
  };
}
