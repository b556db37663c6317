// The kinds of incidents there are. docs/incidents.md explains each; alerts/kinds.ts says how bad it is. Pure: the routing
// table names them, and the command line reads tables too.

/** What the watchdog looks for, and resolves by itself. */
export const WATCHED_KINDS = [
  "queue_backlog",
  "rows_overdue",
  "inbox_backlog",
  "job_stuck",
  "target_not_ready",
  "webhook_disabled",
  "webhook_missing",
  "webhook_changed",
  "webhook_unwatched",
  "inlet_silent",
  "retention_behind",
  "target_down",
  "deliveries_waiting",
  "drift_seen",
  "d1_unwell",
  "kv_unwell",
  "database_filling",
  "plan_limits",
  "sendouts_quarantined",
  "alerts_failing",
] as const;

/** Every kind of incident: what happens and is counted, and what the watchdog looks for. */
export const INCIDENT_KINDS = [
  "signature_refused",
  "sender_unproven",
  "target_paused",
  "route_paused",
  "evaluation_killed",
  "deliveries_failed",
  ...WATCHED_KINDS,
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];
