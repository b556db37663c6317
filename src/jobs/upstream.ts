// What Voucherify thinks of our webhook: asked every five minutes where the table has credentials for it. A webhook that has
// been disabled is an incident, and is enabled again where the table says so. A look is one request, so 288 a day.

import { settleAndLog } from "../alerts/settle.ts";
import {
  claimLook,
  noteFailedLook,
  noteLook,
  noteReenabled,
  type Watch,
  type WebhookState,
} from "../ledger/upstream-watch.ts";
import type { Look } from "../ledger/watched-incidents.ts";
import type { CompiledTable } from "../routing/compile.ts";
import type { Failure } from "../result.ts";
import { newestTable, type TableBindings } from "../routing/table-store.ts";
import { findOurWebhook, lackingSecrets } from "../routing/wanted-webhook.ts";
import { enableWebhook } from "../upstream/apply.ts";
import type { ClientChoices, UpstreamFailure, UpstreamReason, Webhook, WebhookClient } from "../upstream/client.ts";
import { connectUpstream, type ConnectReason } from "../upstream/credentials.ts";
import type { UpstreamSettings } from "../upstream/settings.ts";
import { compareWebhook } from "../upstream/webhook-plan.ts";
import {
  describeChanged,
  describeDisabled,
  describeMissing,
  describeUnwatched,
  type Reenabling,
} from "./upstream-incidents.ts";

const MINUTE_MS = 60_000;

/** How often Voucherify is asked, in minutes, and in which of them: other jobs have the others. */
const EVERY_MINUTES = 5;
const TURN_MINUTE = 3;

/** How much sooner than that a look may be, in milliseconds: the cron does not come on the second. */
const SLACK_MS = MINUTE_MS / 2;

/** The longest wait after looks that were not answered, in milliseconds. */
const BACKOFF_MS_MAX = 60 * MINUTE_MS;

/** How many looks in a row may fail before it is an incident: Voucherify may be down for a quarter of an hour. */
const FAILURES_MAX = 3;

/**
 * How often a webhook is enabled by itself within a day. A router that really refuses would be disabled again and again;
 * then a person has to look.
 */
const REENABLED_MAX = 3;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Failures that time alone does not mend. */
const LASTING: ReadonlySet<UpstreamReason | ConnectReason> = new Set([
  "credentials_refused",
  "plan_lacks_api",
  "not_there",
  "request_refused",
  "secret_missing",
  "address_refused",
]);

/**
 * Looks at the webhook when it is time to, or at once.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function watchUpstream(
  env: TableBindings,
  now: number,
  { atOnce = false, ...choices }: Partial<ClientChoices & { atOnce: boolean }> = {},
): Promise<void> {
  if (!atOnce && Math.floor(now / MINUTE_MS) % EVERY_MINUTES !== TURN_MINUTE) return;
  const { table } = await newestTable(env, now);
  const settings = table.source.settings?.voucherify;
  // Nothing is looked for any more, so that what was found ends.
  if (settings === undefined) return raise(env, {}, now);
  const due = atOnce ? Number.MAX_SAFE_INTEGER : now;
  const watch = await claimLook(env.LEDGER, settings.inlet, due, now + EVERY_MINUTES * MINUTE_MS - SLACK_MS);
  if (watch === undefined) return;
  const connected = await connectUpstream(env, settings, now, choices);
  if (!connected.ok) return noteFailure(env, settings, watch, connected, now);
  const listed = await connected.value.list();
  if (!listed.ok) return noteFailure(env, settings, watch, listed, now);
  await judge(env, { table, settings, watch, client: connected.value, webhooks: listed.value }, now);
}

interface Sight {
  table: CompiledTable;
  settings: UpstreamSettings;
  watch: Watch;
  client: WebhookClient;
  webhooks: readonly Webhook[];
}

/** Writes down how the webhook stands, and does about it what may be done without asking. */
async function judge(env: TableBindings, sight: Sight, now: number): Promise<void> {
  const { table, settings, watch, webhooks } = sight;
  const { inlet } = settings;
  const { ours, wanted } = findOurWebhook(table, settings, env, { webhooks, knownId: watch.webhookId ?? undefined });
  const look = { inlet, webhookId: ours?.id ?? null, state: stateOf(ours), at: now };
  await noteLook(env.LEDGER, look, watch, endedBy(watch));
  if (ours === undefined) {
    const isWanted = wanted.events.length > 0;
    return raise(env, isWanted ? { webhook_missing: { subject: inlet, detail: describeMissing(wanted) } } : {}, now);
  }
  const difference = compareWebhook(ours, wanted);
  const isChanged = difference.url !== "same" || difference.missing.length > 0;
  const found: Found = isChanged
    ? { webhook_changed: { subject: inlet, detail: describeChanged(ours, difference, wanted) } }
    : {};
  if (!ours.active) {
    const reenabling = await reenable(env, sight, ours, now);
    if (reenabling.outcome === "enabled")
      await noteLook(env.LEDGER, { ...look, state: "active" }, { ...watch, ...look, stateSince: now }, "itself");
    found.webhook_disabled = { subject: inlet, detail: describeDisabled(ours, watch, reenabling, now) };
  }
  await raise(env, found, now);
}

function stateOf(ours: Webhook | undefined): Exclude<WebhookState, "unknown"> {
  if (ours === undefined) return "missing";
  return ours.active ? "active" : "disabled";
}

/** Who has enabled a webhook that is active again: ourselves, if that was tried since it was found disabled. */
function endedBy({ reenabled, stateSince }: Watch): "itself" | "person" {
  return (reenabled.at(-1) ?? 0) >= (stateSince ?? Number.POSITIVE_INFINITY) ? "itself" : "person";
}

/** Enables the webhook again where the table says so, and where that has a chance. */
async function reenable(env: TableBindings, sight: Sight, ours: Webhook, now: number): Promise<Reenabling> {
  const { settings, watch, table, client } = sight;
  if (settings.reenable === "ask") return { outcome: "not asked for" };
  const lacking = lackingSecrets(table, settings.inlet, env);
  if (lacking.length > 0) return { outcome: "useless", lacking };
  const lately = watch.reenabled.filter((at) => now - at < DAY_MS);
  if (lately.length >= REENABLED_MAX) return { outcome: "too often", times: lately.length };
  await noteReenabled(env.LEDGER, settings.inlet, [...lately, now]);
  const enabled = await enableWebhook(client, ours);
  if (enabled.ok && enabled.value.active) return { outcome: "enabled" };
  return { outcome: "failed", detail: enabled.ok ? "Voucherify still shows it as inactive" : enabled.detail };
}

/** Writes down that nobody answered, and when to look again; tells people when it lasts. */
async function noteFailure(
  env: TableBindings,
  { inlet }: UpstreamSettings,
  watch: Watch,
  failed: UpstreamFailure | Failure<ConnectReason>,
  now: number,
): Promise<void> {
  const failures = watch.failures + 1;
  const backoffMs = Math.min(EVERY_MINUTES * MINUTE_MS * 2 ** Math.min(failures - 1, 10), BACKOFF_MS_MAX);
  const askedMs = "retryAfterMs" in failed ? (failed.retryAfterMs ?? 0) : 0;
  const nextLookAt = now + Math.max(backoffMs - SLACK_MS, askedMs);
  await noteFailedLook(env.LEDGER, inlet, { failure: `${failed.reason}: ${failed.detail}`, failures, nextLookAt });
  if (!LASTING.has(failed.reason) && failures < FAILURES_MAX) return;
  const detail = describeUnwatched(failed.reason, failed.detail, watch);
  await settleAndLog(env.LEDGER, [{ kind: "webhook_unwatched", found: [{ subject: inlet, detail }] }], now);
}

/** What a look found, by kind of incident. */
type Found = Partial<Record<(typeof KINDS)[number], Look["found"][number]>>;

const KINDS = ["webhook_disabled", "webhook_missing", "webhook_changed", "webhook_unwatched"] as const;

/** Opens incidents of what was found and ends all others of these kinds. */
async function raise(env: TableBindings, found: Found, now: number): Promise<void> {
  const looks = KINDS.map((kind) => ({ kind, found: found[kind] === undefined ? [] : [found[kind]] }));
  await settleAndLog(env.LEDGER, looks, now);
}
