// What each kind of incident is to people: how bad, in how few words, and what helps. Who hears of it goes by this.

import * as v from "valibot";
import { INCIDENT_KINDS, type IncidentKind } from "../ledger/incident-kinds.ts";

/** From "good to know" to "somebody has to do something now, or things get lost or stand still". */
export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

interface Kind {
  severity: Severity;
  /** What has happened, with the subject where `…` stands. */
  title: string;
  /** What a person can do about it. */
  remedy: string;
}

/**
 * `critical` is what does not end by itself and holds up or endangers deliveries, and nothing that strangers can cause:
 * they must not be able to wake anybody up.
 */
const KINDS: Record<IncidentKind, Kind> = {
  signature_refused: {
    severity: "warning",
    title: 'The inlet "…" refuses sendouts: the signature is not right',
    remedy:
      "Compare the inlet's signing secret with the one in Voucherify's Project settings and set the right one. Resolve this once sendouts are accepted.",
  },
  sender_unproven: {
    severity: "warning",
    title: 'The inlet "…" refuses sendouts: the sender is not proven',
    remedy:
      "Compare what the inlet requires (token, header or address) with the webhook in Voucherify. Resolve this once sendouts are accepted.",
  },
  target_paused: {
    severity: "critical",
    title: 'The target "…" refuses our credentials and is paused',
    remedy: "Correct the target's credentials, then resume it: what it held goes out.",
  },
  route_paused: {
    severity: "critical",
    title: 'The route "…" is paused: an address is gone',
    remedy: "Correct the target's URL, or take the target out of the route. Then resume the route.",
  },
  target_down: {
    severity: "warning",
    title: 'The target "…" does not take deliveries',
    remedy:
      "Ask whoever runs the target. Its deliveries wait and go out by themselves once it answers. Where they are held and it is well again already, resume it.",
  },
  target_not_ready: {
    severity: "critical",
    title: 'Deliveries to the target "…" wait for something on our side',
    remedy:
      "Set what is missing: a secret, a binding in wrangler.toml, or a token endpoint that answers. Deliveries go on by themselves within five minutes.",
  },
  deliveries_failed: {
    severity: "warning",
    title: 'Deliveries to "…" failed for good',
    remedy:
      "See in docs/errors.md what the reason means, and put the cause right, in the table or at the target. Then retry the deliveries, or plan a replay of them.",
  },
  deliveries_waiting: {
    severity: "warning",
    title: 'Deliveries to the target "…" wait for long',
    remedy: "See what they wait for: resume what is paused, and release or cancel what waits for a decision.",
  },
  sendouts_quarantined: {
    severity: "warning",
    title: "Sendouts are in quarantine",
    remedy:
      "Look at each: docs/errors.md says what to do about its reason. Replay it, as it is or corrected, or discard it with a note.",
  },
  evaluation_killed: {
    severity: "warning",
    title: 'An expression takes too much processor time: "…"',
    remedy:
      "Find the expression with a preview, one target after the other; simplify it and publish, or raise limits.cpu_ms in wrangler.toml. Then replay what is in quarantine, and resolve this.",
  },
  webhook_disabled: {
    severity: "critical",
    title: 'Voucherify has disabled the webhook of the inlet "…"',
    remedy:
      "Find out why sendouts were refused; another incident may say so. Then enable it, through Signalbox or in Voucherify under Project settings, Webhooks, and see in the gap report which sendouts are missing.",
  },
  webhook_missing: {
    severity: "critical",
    title: 'Voucherify has no webhook for the inlet "…"',
    remedy:
      "Create it, through Signalbox or in Voucherify under Project settings, Webhooks, and set its signing secret on the Worker. If it was deleted, see in the gap report which sendouts are missing.",
  },
  webhook_changed: {
    severity: "warning",
    title: 'Voucherify\'s webhook of the inlet "…" is not as the table says',
    remedy: "Change it in Voucherify, or have Signalbox make it as the table needs it.",
  },
  webhook_unwatched: {
    severity: "info",
    title: 'Voucherify does not say how the webhook of the inlet "…" stands',
    remedy: "Check the credentials of the Management API that settings.voucherify names.",
  },
  inlet_silent: {
    severity: "warning",
    title: 'Nothing comes in at the inlet "…" any more',
    remedy:
      "See in Voucherify whether the webhook is active and posts to the right URL, and whether its distributions are live; another incident may say that requests are refused. The gap report says what is missing. Where nothing should have been sent, resolve this.",
  },
  retention_behind: {
    severity: "warning",
    title: "What should have been deleted is still kept: …",
    remedy:
      "End the replay that the purge waits for, or see why the archive takes no payloads; the detail says which it is.",
  },
  queue_backlog: {
    severity: "critical",
    title: 'The queue "…" is not worked off',
    remedy:
      "See whether its consumer is paused or fails (wrangler tail), whether the limits of targets are too low for what they get, and whether Cloudflare has trouble with its queues. On the paid plan a queue can keep messages for longer (wrangler queues update --message-retention-period-secs); say so in SIGNALBOX_QUEUE_RETENTION_SECONDS.",
  },
  rows_overdue: {
    severity: "warning",
    title: "Deliveries are overdue: the sweeper does not come after",
    remedy:
      "See whether the cron of the Worker runs. The sweeper can be started by hand meanwhile: Settings, Health, or signalbox sweep.",
  },
  inbox_backlog: {
    severity: "warning",
    title: "The Inbox keeps sendouts that the queue does not take",
    remedy:
      "See whether the queue takes messages: Cloudflare's status, and the limits of the plan. Nothing is lost meanwhile; once it takes them, signalbox sweep --recover does not wait for the next try.",
  },
  job_stuck: {
    severity: "critical",
    title: 'The job "…" does not get on',
    remedy:
      "Look for the line job_failed in the Worker's log: it says why. If it is a replay that does not get on, stop it and plan a smaller one.",
  },
  d1_unwell: {
    severity: "warning",
    title: "D1 did not take what was to be recorded",
    remedy: "Nothing gets lost. Look at the size of the database and at https://www.cloudflarestatus.com.",
  },
  kv_unwell: {
    severity: "warning",
    title: "KV does not answer or lags behind",
    remedy:
      "Nothing gets lost, but a table that is published meanwhile reaches inlets late. Look at https://www.cloudflarestatus.com.",
  },
  database_filling: {
    severity: "critical",
    title: "The database is nearly full",
    remedy:
      "Keep payloads for a shorter time (settings.retention.bodyDays), archive them in R2, or spread the log over several databases (docs/sharding.md).",
  },
  plan_limits: {
    severity: "warning",
    title: "Nearly used up for today on the free plan: …",
    remedy: "Take the paid plan, which has no such limits; on the free one a new day begins at midnight UTC.",
  },
  drift_seen: {
    severity: "info",
    title: 'Voucherify sends something new: "…"',
    remedy: "Nothing breaks. See whether your templates or routes should use what is new.",
  },
  alerts_failing: {
    severity: "warning",
    title: 'Alerts do not arrive at the channel "…"',
    remedy: "Put the channel's address or secret right, then send a test.",
  },
};

/** How bad an incident is. One of a kind that only a newer release knows counts as a warning. */
export function severityOf(kind: string): Severity {
  return find(kind)?.severity ?? "warning";
}

/** What has happened, in one line: to which target, where it is about one, else to what. */
export function titleOf({ kind, subject, target }: { kind: string; subject: string; target: string | null }): string {
  return (find(kind)?.title ?? `${kind}: …`).replace("…", () => target ?? subject);
}

/** What a person can do about it, in a sentence or two; `undefined` for a kind that only a newer release knows. */
export function remedyOf(kind: string): string | undefined {
  return find(kind)?.remedy;
}

function find(kind: string): Kind | undefined {
  const parsed = v.safeParse(v.picklist(INCIDENT_KINDS), kind);
  return parsed.success ? KINDS[parsed.output] : undefined;
}
