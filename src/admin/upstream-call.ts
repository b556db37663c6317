// What every call about the webhook begins with: the table's settings, a connection, and the project's webhooks; or the
// problem that there is with one of them.

import type { Context } from "hono";
import { readWatch, type Watch } from "../ledger/upstream-watch.ts";
import { problem, type ProblemResponse } from "../problem.ts";
import type { CompiledTable } from "../routing/compile.ts";
import { newestTable } from "../routing/table-store.ts";
import { findOurWebhook, type WantedWebhook } from "../routing/wanted-webhook.ts";
import type { UpstreamFailure, UpstreamReason, Webhook, WebhookClient } from "../upstream/client.ts";
import { connectUpstream, type ConnectReason } from "../upstream/credentials.ts";
import type { UpstreamSettings } from "../upstream/settings.ts";
import type { AdminEnv } from "./access.ts";
import { sentence } from "./answers.ts";

/** What is known of the webhook at the moment of a call. */
export interface Sight {
  table: CompiledTable;
  /** With the call's own origin where the table has none. */
  settings: UpstreamSettings & { origin: string };
  client: WebhookClient;
  webhooks: readonly Webhook[];
  /** Undefined where there is none. */
  ours: Webhook | undefined;
  wanted: WantedWebhook;
  watch: Watch | undefined;
}

/** Why nothing can be seen. */
export interface NoSight {
  reason: "settings_missing" | ConnectReason | UpstreamReason;
  detail: string;
  retryAfterMs?: number;
}

/**
 * Asks Voucherify how the webhook stands: one request.
 *
 * @throws whatever D1 throws
 */
export async function lookUpstream(c: Context<AdminEnv>, now: number): Promise<Sight | NoSight> {
  const { table } = await newestTable(c.env, now);
  const { voucherify } = table.source.settings ?? {};
  if (voucherify === undefined) return NO_SETTINGS;
  const settings = { ...voucherify, origin: voucherify.origin ?? new URL(c.req.url).origin };
  const watch = await readWatch(c.env.LEDGER, settings.inlet);
  const connected = await connectUpstream(c.env, settings, now);
  if (!connected.ok) return connected;
  const listed = await connected.value.list();
  if (!listed.ok) return listed;
  const known = { webhooks: listed.value, knownId: watch?.webhookId ?? undefined };
  const found = findOurWebhook(table, settings, c.env, known);
  return { table, settings, client: connected.value, webhooks: listed.value, watch, ...found };
}

/** There is nobody to ask. */
export const NO_SETTINGS: NoSight = {
  reason: "settings_missing",
  detail:
    "The table has no settings.voucherify, so there are no credentials to ask Voucherify with. GET /admin/upstream has the steps to do by hand.",
};

type UpstreamProblem = "upstream_unconfigured" | "upstream_refused" | "upstream_unavailable" | "ledger_unavailable";

/** What a caller is told who cannot be helped now. */
export function upstreamProblem(
  c: Context<AdminEnv>,
  { reason, detail, retryAfterMs }: NoSight | UpstreamFailure,
): ProblemResponse<UpstreamProblem> {
  const headers =
    retryAfterMs === undefined ? {} : { headers: { "retry-after": String(Math.ceil(retryAfterMs / 1_000)) } };
  return problem(c, problemOf(reason), { detail: sentence(detail), ...headers });
}

function problemOf(reason: NoSight["reason"]): UpstreamProblem {
  switch (reason) {
    case "settings_missing":
    case "secret_missing":
    case "address_refused":
      return "upstream_unconfigured";
    case "secret_unavailable":
      return "ledger_unavailable";
    case "credentials_refused":
    case "plan_lacks_api":
    case "not_there":
    case "request_refused":
      return "upstream_refused";
    case "throttled":
    case "unavailable":
    case "answer_unreadable":
      return "upstream_unavailable";
  }
}
