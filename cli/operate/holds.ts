// What `signalbox holds`, `pause`, `resume` and `discard` answer.

import type { InferResponseType } from "hono/client";
import { answerOf, answerOrNone, type Admin } from "../client/admin.ts";
import { pc } from "../colours.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { ago, localTime } from "../terminal/instant.ts";
import { counted } from "../terminal/counted.ts";
import { printableLine } from "../terminal/printable.ts";
import { terminalWidth } from "../terminal/width.ts";
import { alignColumns } from "../text-table.ts";
import { agree } from "./agree.ts";

/** What can be paused. */
export type HoldKind = "target" | "route";

/** A target or a route. */
export interface HoldSubject {
  kind: HoldKind;
  id: string;
}

type Holds = InferResponseType<Admin["holds"]["$get"], 200>;

interface Json {
  json?: boolean;
}

/** What is paused and what waits. */
export async function answerHolds({ admin }: RouterInReach, { json }: Json): Promise<Outcome> {
  const holds = await answerOf(admin.holds.$get());
  return answer(json ? toJson(holds) : holdsPage(holds));
}

function holdsPage({ pauses, held }: Holds): string {
  if (pauses.length + held.length === 0) return "Nothing is paused, and nothing waits.";
  const width = terminalWidth();
  const paused = pauses.map(({ subject, reason, mode, since, until, note, by }) => [
    subject,
    reason,
    mode,
    `since ${localTime(since)}`,
    until === null ? "" : `until ${localTime(until)}`,
    by === null ? "" : `by ${printableLine(by.name ?? by.id)}`,
    printableLine(note ?? ""),
  ]);
  const waiting = held.map(({ target, route, reason, count, since }) => [
    `${count} to ${target}`,
    `by ${route}`,
    reason ?? "",
    `the oldest ${ago(since)}`,
  ]);
  return [
    ...(paused.length === 0 ? [] : [pc.bold("Paused"), ...alignColumns(paused, width)]),
    ...(waiting.length === 0 ? [] : [pc.bold("Held"), ...alignColumns(waiting, width)]),
  ].join("\n");
}

/** How something is paused. `until` is an instant. */
export interface PauseOptions {
  drain?: boolean;
  until?: string;
  note?: string;
}

/** Pauses; that the table has no such target or route is a no. */
export async function answerPause(
  { admin }: RouterInReach,
  subject: HoldSubject,
  { drain, until, note, json }: Json & PauseOptions,
): Promise<Outcome> {
  const body = {
    ...(drain && { mode: "drain" as const }),
    ...(until !== undefined && { until }),
    ...(note !== undefined && { note }),
  };
  const pause = await answerOrNone(answerOf(callsOf(admin, subject).pause.$post({ param: subject, json: body })));
  if (pause === undefined) {
    return complain({ reason: "not_found", detail: `The table has no ${subject.kind} ${subject.id}.` }, 1, json);
  }
  if (json) return answer(toJson(pause));
  const byHand = `signalbox resume ${subject.kind} ${subject.id}`;
  const end = pause.until === null ? byHand : `${localTime(pause.until)}, or: ${byHand}`;
  return answer(`Paused: ${nameOf(subject)}. What comes waits until: ${end}`);
}

/** Ends a pause. */
export async function answerResume(
  { admin }: RouterInReach,
  subject: HoldSubject,
  { perSecond, json }: Json & { perSecond?: number },
): Promise<Outcome> {
  const body = perSecond === undefined ? {} : { perSecond };
  const resumed = await answerOf(callsOf(admin, subject).resume.$post({ param: subject, json: body }));
  return answer(
    json
      ? toJson(resumed)
      : `Resumed: ${nameOf(subject)}. ${counted(resumed.released, "held delivery goes", "held deliveries go")} now.`,
  );
}

/** Gives up what is held, once somebody agrees. */
export async function answerDiscard(
  { admin }: RouterInReach,
  subject: HoldSubject,
  { yes, json }: Json & { yes?: boolean },
): Promise<Outcome> {
  const refused = await agree(`Give up everything that is held for ${nameOf(subject)}?`, { yes, json });
  if (refused !== undefined) return refused;
  const discarded = await answerOf(callsOf(admin, subject).discard.$post({ param: subject }));
  return answer(
    json
      ? toJson(discarded)
      : `Given up: ${counted(discarded.cancelled, "delivery", "deliveries")} for ${nameOf(subject)}.`,
  );
}

function callsOf(admin: Admin, { kind }: HoldSubject) {
  return kind === "target" ? admin.targets[":id"] : admin.routes[":id"];
}

function nameOf({ kind, id }: HoldSubject): string {
  return `${kind} ${printableLine(id)}`;
}
