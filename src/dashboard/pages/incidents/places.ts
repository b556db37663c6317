// Where on these pages an incident is looked into: what it is about, and what can be done there. Pure.

import type { IncidentKind } from "../../../ledger/incident-kinds.ts";

/** A link with what it leads to. */
export interface Place {
  href: string;
  label: string;
}

/** What of an incident says where to look. */
interface Placed {
  kind: string;
  subject: string;
  target: string | null;
}

const HOLDS: Place = { href: "/holds", label: "Holds" };
const HEALTH: Place = { href: "/settings/health", label: "Health" };
const COST: Place = { href: "/settings/cost", label: "Cost and limits" };

const PLACES: Record<IncidentKind, (incident: Placed) => readonly Place[]> = {
  signature_refused: inlet,
  sender_unproven: inlet,
  webhook_disabled: inlet,
  webhook_missing: inlet,
  webhook_changed: inlet,
  webhook_unwatched: inlet,
  inlet_silent: inlet,
  target_paused: (incident) => [...target(incident), HOLDS],
  target_down: (incident) => [...target(incident), HOLDS],
  route_paused: ({ subject }) => [
    { href: `/table/routes/${encodeURIComponent(subject)}`, label: `Route ${subject}` },
    HOLDS,
  ],
  target_not_ready: (incident) => [...target(incident), { href: "/settings/secrets", label: "Secrets" }],
  deliveries_waiting: (incident) => [...target(incident), HOLDS],
  deliveries_failed: target,
  evaluation_killed: () => [{ href: "/quarantine?reason=evaluation_killed", label: "Quarantine" }],
  sendouts_quarantined: () => [{ href: "/quarantine", label: "Quarantine" }],
  retention_behind: () => [{ href: "/settings/retention", label: "Retention" }],
  queue_backlog: () => [HEALTH],
  rows_overdue: () => [HEALTH],
  inbox_backlog: () => [HEALTH],
  job_stuck: () => [HEALTH],
  d1_unwell: () => [HEALTH],
  kv_unwell: () => [HEALTH],
  database_filling: () => [COST],
  plan_limits: () => [COST],
  drift_seen: ({ subject }) => [{ href: `/sendouts?event=${encodeURIComponent(subject)}`, label: "Its sendouts" }],
  alerts_failing: () => [{ href: "/settings/alerts", label: "Alerts" }],
};

/** The places to look, the thing itself first; none for a kind that only a newer release knows. */
export function placesOf(incident: Placed): readonly Place[] {
  return isKnown(incident.kind) ? PLACES[incident.kind](incident) : [];
}

/**
 * Where the deliveries behind an incident are listed: the call that the admin API names, as an address of the sendouts' page,
 * where the state of a delivery is called `deliveryState`.
 */
export function sendoutsAddress(call: string): string {
  const { searchParams } = new URL(call, "https://signalbox.invalid");
  const renamed = [...searchParams].map(([name, value]) => [name === "state" ? "deliveryState" : name, value]);
  return `/sendouts?${new URLSearchParams(renamed).toString()}`;
}

function isKnown(kind: string): kind is IncidentKind {
  return Object.hasOwn(PLACES, kind);
}

function inlet({ subject }: Placed): readonly Place[] {
  return [{ href: "/settings/inlets", label: `Inlet ${subject}` }];
}

function target({ subject, target: name }: Placed): readonly Place[] {
  const id = name ?? subject;
  return [{ href: `/table/targets/${encodeURIComponent(id)}`, label: `Target ${id}` }];
}
