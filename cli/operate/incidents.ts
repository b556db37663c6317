// What `signalbox incidents` answers.

import type { InferResponseType } from "hono/client";
import { answerOf, answerOrNone, type Admin } from "../client/admin.ts";
import { pc } from "../colours.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { ago } from "../terminal/instant.ts";
import { printableLine } from "../terminal/printable.ts";
import { stateCell } from "../terminal/states.ts";
import { terminalWidth } from "../terminal/width.ts";
import { alignColumns, type Cell } from "../text-table.ts";

type Incident = InferResponseType<Admin["incidents"]["$get"], 200>["incidents"][number];

/** The states that are asked for; `open` takes the acknowledged ones along. */
export type IncidentState = Incident["state"] | "all";

interface Json {
  json?: boolean;
}

/** The incidents. That any is open is a no, so that a script can wait for none. */
export async function answerIncidents(
  { admin }: RouterInReach,
  { state, kind, subject, json }: Json & { state: IncidentState; kind?: string; subject?: string },
): Promise<Outcome> {
  const query = { ...(state !== "all" && { state }), ...(kind && { kind }), ...(subject && { subject }) };
  const listed = await answerOf(admin.incidents.$get({ query }));
  const exitCode = listed.incidents.every((incident) => incident.state === "resolved") ? 0 : 1;
  if (json) return answer(toJson(listed), exitCode);
  return answer(listed.incidents.length === 0 ? "There are none." : incidentTable(listed.incidents), exitCode);
}

function incidentTable(incidents: readonly Incident[]): string {
  const rows = incidents.map(({ kind, subject, state, lastSeenAt, count, title, acknowledgedBy }): Cell[] => [
    stateCell(state),
    { text: kind, whole: true },
    { text: printableLine(subject), whole: true },
    `${count}×`,
    ago(lastSeenAt),
    printableLine(title) +
      (state === "acknowledged" ? ` (${printableLine(acknowledgedBy ?? "somebody")} is at it)` : ""),
  ]);
  const [head = "", ...lines] = alignColumns(
    [["STATE", "KIND", "SUBJECT", "COUNT", "LAST SEEN", "WHAT"], ...rows],
    terminalWidth(),
  );
  return [pc.bold(head), ...lines].join("\n");
}

/** What somebody can say of an incident. */
export type IncidentWord = "acknowledge" | "resolve";

/** Says that somebody is at it, or that it is dealt with. */
export async function answerWord(
  { admin }: RouterInReach,
  word: IncidentWord,
  { kind, subject }: { kind: string; subject: string },
  { note, json }: Json & { note?: string },
): Promise<Outcome> {
  const calls = admin.incidents[":kind"][":subject"];
  const asked = { param: { kind, subject }, json: note === undefined ? {} : { note } };
  const call = word === "resolve" ? calls.resolve.$post(asked) : calls.acknowledge.$post(asked);
  const incident = await answerOrNone(answerOf(call));
  if (incident === undefined) return complain({ reason: "not_found", detail: "There is no such incident." }, 1, json);
  if (json) return answer(toJson(incident));
  return answer(
    `${word === "resolve" ? "Resolved" : "Acknowledged"}: ${incident.kind} ${printableLine(incident.subject)}.`,
  );
}
