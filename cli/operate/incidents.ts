// What `signalbox incidents` answers.

import type { InferResponseType } from "hono/client";
import { answerOf, answerOrNone, type Admin } from "../client/admin.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { ago } from "../terminal/instant.ts";
import { printableLine } from "../terminal/printable.ts";
import { stateCell } from "../terminal/states.ts";
import { terminalWidth } from "../terminal/width.ts";
import { alignColumns, type Cell } from "../text-table.ts";

type Incident = InferResponseType<Admin["incidents"]["$get"], 200>["incidents"][number];

interface Json {
  json?: boolean;
}

/** The incidents; that there are any is a no, so that a script can wait for none. */
export async function answerIncidents(
  { admin }: RouterInReach,
  { state, json }: Json & { state: "open" | "resolved" | "all" },
): Promise<Outcome> {
  const listed = await answerOf(admin.incidents.$get({ query: state === "all" ? {} : { state } }));
  const exitCode = state === "open" && listed.incidents.length > 0 ? 1 : 0;
  if (json) return answer(toJson(listed), exitCode);
  if (listed.incidents.length === 0) return answer("There are none.", exitCode);
  return answer(incidentTable(listed.incidents), exitCode);
}

function incidentTable(incidents: readonly Incident[]): string {
  const rows = incidents.map(({ kind, subject, state, lastSeenAt, count, detail }): Cell[] => [
    stateCell(state),
    kind,
    printableLine(subject),
    `${count}×`,
    ago(lastSeenAt),
    printableLine(detail),
  ]);
  return alignColumns([["STATE", "KIND", "SUBJECT", "COUNT", "LAST SEEN", "DETAIL"], ...rows], terminalWidth()).join(
    "\n",
  );
}

/** Marks one as dealt with. */
export async function answerResolve(
  { admin }: RouterInReach,
  incident: { kind: string; subject: string },
  { json }: Json,
): Promise<Outcome> {
  const call = admin.incidents[":kind"][":subject"].resolve.$post({ param: incident });
  const resolved = await answerOrNone(answerOf(call));
  if (resolved === undefined) return complain({ reason: "not_found", detail: "There is no such incident." }, 1, json);
  return answer(json ? toJson(resolved) : `Resolved: ${resolved.kind} ${printableLine(resolved.subject)}.`);
}
