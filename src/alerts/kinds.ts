// What each kind of incident is to people: how bad, and in how few words. Who hears of it goes by this.

import * as v from "valibot";
import { INCIDENT_KINDS, type IncidentKind } from "../ledger/incident-kinds.ts";

/** From "good to know" to "somebody has to do something now, or things get lost or stand still". */
export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

interface Kind {
  severity: Severity;
  /** What has happened, with the subject where `…` stands. */
  title: string;
}

/**
 * `critical` is what does not end by itself and holds up or endangers deliveries, and nothing that strangers can cause:
 * they must not be able to wake anybody up.
 */
const KINDS: Record<IncidentKind, Kind> = {
  signature_refused: { severity: "warning", title: 'The inlet "…" refuses sendouts: the signature is not right' },
  sender_unproven: { severity: "warning", title: 'The inlet "…" refuses sendouts: the sender is not proven' },
  target_paused: { severity: "critical", title: 'The target "…" refuses our credentials and is paused' },
  route_paused: { severity: "critical", title: 'The route "…" is paused: an address is gone' },
  target_down: { severity: "warning", title: 'The target "…" does not take deliveries' },
  target_not_ready: { severity: "critical", title: 'Deliveries to the target "…" wait for something on our side' },
  deliveries_failed: { severity: "warning", title: "Deliveries failed for good: …" },
  deliveries_waiting: { severity: "warning", title: 'Deliveries to the target "…" wait for long' },
  sendouts_quarantined: { severity: "warning", title: "Sendouts are in quarantine" },
  evaluation_killed: { severity: "warning", title: 'An expression takes too much processor time: "…"' },
  webhook_disabled: { severity: "critical", title: 'Voucherify has disabled the webhook of the inlet "…"' },
  webhook_missing: { severity: "critical", title: 'Voucherify has no webhook for the inlet "…"' },
  webhook_changed: { severity: "warning", title: 'Voucherify\'s webhook of the inlet "…" is not as the table says' },
  webhook_unwatched: { severity: "info", title: 'Voucherify does not say how the webhook of the inlet "…" stands' },
  inlet_silent: { severity: "warning", title: 'Nothing comes in at the inlet "…" any more' },
  retention_behind: { severity: "warning", title: "What should have been deleted is still kept: …" },
  queue_backlog: { severity: "critical", title: 'The queue "…" is not worked off' },
  rows_overdue: { severity: "warning", title: "Deliveries are overdue: the sweeper does not come after" },
  inbox_backlog: { severity: "warning", title: "The Inbox keeps sendouts that the queue does not take" },
  job_stuck: { severity: "critical", title: 'The job "…" does not get on' },
  d1_unwell: { severity: "warning", title: "D1 did not take what was to be recorded" },
  kv_unwell: { severity: "warning", title: "KV does not answer or lags behind" },
  database_filling: { severity: "critical", title: "The database is nearly full" },
  plan_limits: { severity: "warning", title: "Nearly used up for today on the free plan: …" },
  drift_seen: { severity: "info", title: 'Voucherify sends something new: "…"' },
  alerts_failing: { severity: "warning", title: 'Alerts do not arrive at the channel "…"' },
};

/** How bad an incident is. One of a kind that only a newer release knows counts as a warning. */
export function severityOf(kind: string): Severity {
  return find(kind)?.severity ?? "warning";
}

/** What has happened, in one line. */
export function titleOf(kind: string, subject: string): string {
  return (find(kind)?.title ?? `${kind}: …`).replace("…", () => subject);
}

function find(kind: string): Kind | undefined {
  const parsed = v.safeParse(v.picklist(INCIDENT_KINDS), kind);
  return parsed.success ? KINDS[parsed.output] : undefined;
}
