// From what people know to messages: which incidents are told of, to which channels, and whether now or later.

import {
  findAlerts,
  insertDigests,
  listHeldAlerts,
  releaseHeldAlerts,
  type Alert,
  type NewAlert,
} from "../ledger/alerts.ts";
import { listOpenToTell, listUntold, tell, type Told } from "../ledger/told.ts";
import { judgeTelling, type Judgement } from "./judge-telling.ts";
import { SEVERITIES, severityOf, type Severity } from "./kinds.ts";
import { isWithin, localTime, minutesOf } from "./local-time.ts";
import type { AlertSettings, Channel } from "./settings.ts";
import { writeDigest, writeMessage } from "./write-message.ts";

const HOUR_MS = 60 * 60_000;

/** For how long after its time a digest is still made, in minutes: D1 may have been down. */
const DIGEST_LATE_MINUTES = 60;

/** How near a digest has to be for what the quiet hours held back to wait for it, in minutes. */
const DIGEST_NEAR_MINUTES = 120;

/** What planning needs to know. */
export interface Plan {
  settings: AlertSettings;
  /** Where messages link to; undefined where that is not known. */
  origin: string | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Puts what there is to tell into the outbox.
 *
 * @throws whatever D1 throws; what was not put there is found again
 */
export async function planAlerts(db: D1Database, { settings, origin, now }: Plan): Promise<void> {
  const remindBefore = now - settings.remindAfterHours * HOUR_MS;
  const untold = await listUntold(db, remindBefore);
  const judged = untold.flatMap((incident) => judgeTelling(incident, now, remindBefore) ?? []);
  const alerts = await Promise.all(judged.map(async (one) => alertsOf(one, { settings, origin, now })));
  await tell(
    db,
    judged.map(({ telling }) => telling),
    alerts.flat(),
  );
  await planDigests(db, { settings, origin, now });
}

/** One message for each channel that hears of such an incident. */
async function alertsOf({ change, telling }: Judgement, { settings, origin, now }: Plan): Promise<NewAlert[]> {
  if (change === undefined) return [];
  const { incident } = telling;
  const message = writeMessage({ ...incident, flaps: telling.flaps }, change, origin, now);
  const severity = severityOf(incident.kind);
  const state = severity !== "critical" && isQuiet(settings, now) ? "held" : "waiting";
  const channels = Object.entries(settings.channels).filter(([name, channel]) => hears(name, channel, incident));
  return Promise.all(
    channels.map(async ([channel]): Promise<NewAlert> => {
      // Of what it is about, so that whoever makes it a second time makes the same.
      const id = await idOf([
        channel,
        incident.kind,
        incident.subject,
        change,
        String(incident.toldAt),
        String(incident.saidAt),
      ]);
      const { kind, subject } = incident;
      return { id, channel, state, change, kind, subject, severity, message, createdAt: now, dueAt: now };
    }),
  );
}

/** Whether a channel hears of an incident; never of its own failing. */
function hears(name: string, { least, kinds }: Channel, { kind, subject }: Pick<Told, "kind" | "subject">): boolean {
  if (kind === "alerts_failing" && subject === name) return false;
  return isAtLeast(severityOf(kind), least) && (kinds === undefined || kinds.some((one) => one === kind));
}

function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

function isQuiet({ quietHours, timeZone }: AlertSettings, now: number): boolean {
  return quietHours !== undefined && isWithin(localTime(now, timeZone).minutes, quietHours);
}

/** Makes the digest when its time has come; lets go what was held back when there is no reason to any more. */
async function planDigests(db: D1Database, { settings, origin, now }: Plan): Promise<void> {
  const { digest, timeZone } = settings;
  const { date, minutes } = localTime(now, timeZone);
  const since = digest === undefined ? undefined : minutes - minutesOf(digest.at);
  if (since !== undefined && since >= 0 && since < DIGEST_LATE_MINUTES)
    return makeDigests(db, { settings, origin, now }, date);
  const held = await listHeldAlerts(db);
  const isNear = since !== undefined && (since + 1_440) % 1_440 >= 1_440 - DIGEST_NEAR_MINUTES;
  if (held.length === 0 || isNear || isQuiet(settings, now)) return undefined;
  return releaseHeldAlerts(
    db,
    held.map(({ id }) => id),
    now,
  );
}

async function makeDigests(db: D1Database, { settings, origin, now }: Plan, date: string): Promise<void> {
  const names = Object.keys(settings.channels);
  const idsOf = new Map(
    await Promise.all(names.map(async (name) => [name, await idOf([name, "digest", date])] as const)),
  );
  const made = await findAlerts(db, [...idsOf.values()]);
  const missing = names.filter((name) => !made.has(idsOf.get(name) ?? ""));
  if (missing.length === 0) return;
  const [open, held] = await Promise.all([listOpenToTell(db), listHeldAlerts(db)]);
  const digests: NewAlert[] = [];
  const folded: Alert[] = [];
  for (const [channel, settingsOf] of Object.entries(settings.channels)) {
    const ofChannel = held.filter((alert) => alert.channel === channel);
    const message = writeDigest(
      open.filter((incident) => hears(channel, settingsOf, incident)),
      ofChannel.map((alert) => alert.message),
      origin,
      now,
    );
    const id = idsOf.get(channel);
    if (message === undefined || id === undefined || !missing.includes(channel)) continue;
    digests.push({
      id,
      channel,
      state: "waiting",
      change: "digest",
      kind: null,
      subject: null,
      ...PLAIN,
      message,
      createdAt: now,
      dueAt: now,
    });
    folded.push(...ofChannel);
  }
  if (digests.length === 0) return;
  await insertDigests(
    db,
    digests,
    folded.map(({ id }) => id),
    now,
  );
}

const PLAIN = { severity: "info" } as const;

/** An id that two who make the same message make alike. */
async function idOf(parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
  return `al_${new Uint8Array(digest).subarray(0, 12).toHex()}`;
}
