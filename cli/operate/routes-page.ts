// What the table in force would make of a sendout, for people: each route's decision and the request it leads to.

import type { SendoutPreview } from "../../src/routing/preview.ts";
import { pc } from "../colours.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import { alignColumns, type Cell } from "../text-table.ts";

/** The decisions, and each request as a curl command or why there is none. */
export function routesPage({ event, routes, deliveries }: SendoutPreview): string {
  return [
    `${pc.bold(printableLine(event.type))}  by the table in force`,
    ...alignColumns(routes.map(decisionRow)),
    ...deliveries.flatMap(({ target, route, curl, error }) => [
      "",
      `${pc.bold(target)}  ${pc.dim(`route ${route}`)}`,
      ...printable(curl ?? `${error?.code}: ${error?.detail}`)
        .split("\n")
        .map((line) => `  ${curl === null ? pc.red(line) : pc.dim(line)}`),
    ]),
  ].join("\n");
}

function decisionRow({ route, taken, why }: SendoutPreview["routes"][number]): Cell[] {
  const decision = taken ? { text: "taken", paint: pc.green } : { text: "not taken", paint: pc.yellow };
  return [`  ${route}`, decision, printableLine(why ?? "")];
}
