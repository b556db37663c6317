// What `signalbox health` answers: whether everything a router depends on answers.

import type { InferResponseType } from "hono/client";
import type { Admin } from "../client/admin.ts";
import { pc } from "../colours.ts";
import { answer, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { ago } from "../terminal/instant.ts";
import { printableLine } from "../terminal/printable.ts";
import { alignColumns, type Cell } from "../text-table.ts";

type Health = InferResponseType<Admin["health"]["$get"]>;

/** The router's health; one that is not well is a no. */
export async function answerHealth({ admin }: RouterInReach, { json }: { json?: boolean }): Promise<Outcome> {
  // Either status has an answer, so `answerOf` is not asked.
  const health = await (await admin.health.$get()).json();
  const exitCode = health.status === "ok" ? 0 : 1;
  return answer(json ? toJson(health) : healthPage(health), exitCode);
}

function healthPage({ status, tableVersion, checks, missingSecrets, openIncidents, queues, inbox }: Health): string {
  const rows: Cell[][] = Object.entries(checks).map(([name, check]) => [
    name,
    check.ok ? WELL : { text: "not well", paint: pc.red },
    check.ok ? "" : printableLine(`${check.detail}: ${check.remedy}`),
  ]);
  const backlogs = Object.entries(queues).map(([name, queue]): Cell[] => [
    `queue ${name}`,
    queue === null ? "unknown" : `${queue.backlog} waiting`,
    queue?.oldest ? `the oldest ${ago(queue.oldest)}` : "",
  ]);
  return [
    `${status === "ok" ? pc.green("ok") : pc.red(status)}  table version ${tableVersion ?? "unknown"}`,
    ...alignColumns([
      ...rows,
      ...backlogs,
      ["inbox", inbox === null ? "unknown" : `${inbox.kept} kept`, ""],
      ["incidents", openIncidents === null ? "unknown" : `${openIncidents} open`, ""],
      ...(missingSecrets.length === 0 ? [] : [["missing secrets", missingSecrets.join(", ")]]),
    ]),
  ].join("\n");
}

const WELL: Cell = { text: "well", paint: pc.green };
