// A table whose alerts go to a webhook, and the messages that arrive there.

import { tellPeople } from "../../../src/jobs/alerts.ts";
import type { IncidentKind } from "../../../src/ledger/incident-kinds.ts";
import type { Occurrence } from "../../../src/ledger/incidents.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { endIncident } from "../../../src/ledger/watched-incidents.ts";
import type { AlertSettings } from "../../../src/alerts/settings.ts";
import { createBindings, workingD1, type TestBindings } from "../faults.ts";
import { mockTarget, type Call } from "../delivery/target.ts";
import { publish } from "../payloads.ts";

/** The secret that signs alerts, and what stands behind Slack's address. */
export const ALERT_SECRETS = {
  ALERTS_KEY: "whsec_c2lnbmFsYm94LWFsZXJ0cy10ZXN0LWtleS0wMDAwMDA=",
  SLACK_PATH: "T0AA/B0BB/x9k2Slack7",
};

const MINUTE = 60_000;

const TEAM = { type: "webhook", url: "https://team.example.com/alerts", secrets: ["ALERTS_KEY"] } as const;

/** Settings of alerts as they are written: what a test does not say is left out. */
export type WrittenSettings = Partial<Omit<AlertSettings, "channels">> & { channels?: Record<string, object> };

/** Publishes a table with a target `crm` and alerts to a channel `team`, or to those a test names. */
export async function publishAlerts(alerts: WrittenSettings = {}, at?: number): Promise<void> {
  const table = {
    inlets: {},
    targets: { crm: { request: { url: "https://crm.example.com/events" } } },
    routes: [{ id: "all", events: ["*"], to: ["crm"] }],
    settings: { alerts: { origin: "https://signalbox.example.com", channels: { team: TEAM }, ...alerts } },
  };
  await publish(table, undefined, at);
}

/** A new isolate's bindings, with the secrets of the channels. */
export function alertBindings(overrides: object = {}): TestBindings {
  return createBindings({ ...ALERT_SECRETS, ...overrides });
}

/** What a webhook was told. */
export interface Received {
  id: string;
  change: string;
  severity: string;
  kind: string | null;
  subject: string | null;
  title: string;
  lines: string[];
  link: string | null;
}

/** The messages among the calls of hosts, in the order in which they came; those that were answered with 2xx or not. */
export function received(calls: readonly Call[], host = "team.example.com"): Received[] {
  return calls.filter(({ url }) => new URL(url).host === host).map(({ body }) => JSON.parse(body) as Received); // ours
}

/** Has `fetch` answer by host: with a status, or as told; 200 where nothing is said. Returns the list of calls. */
export function answerByHost(statuses: Readonly<Record<string, number | (() => number)>> = {}): Call[] {
  return mockTarget(({ url }) => {
    const status = statuses[new URL(url).host] ?? 200;
    return new Response(null, { status: typeof status === "number" ? status : status() });
  });
}

let made = 0;

/** Something happens to a subject. */
export async function happen(at: number, subject = "crm", kind: IncidentKind = "target_down"): Promise<void> {
  const occurrence: Occurrence = { id: `${++made}`, kind, subject, at, count: 1, detail: `look at ${subject}.` };
  await writeEntries(workingD1(), [{ kind: "incident", occurrence }]);
}

/** It is over. */
export async function end(at: number, subject = "crm", kind: IncidentKind = "target_down"): Promise<void> {
  await endIncident(workingD1(), kind, subject, at).run();
}

/** The cron, every minute from one instant up to another, the last one included. */
export async function minutes(
  from: number,
  to: number,
  each: (at: number) => Promise<void> = async () => {},
): Promise<void> {
  const env = alertBindings();
  for (let at = from; at <= to; at += MINUTE) {
    await each(at);
    await tellPeople(env, at);
  }
}
