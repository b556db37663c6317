// What a dry run came to, as people read it: which requests stay the same, which change and how, which are new or gone.

import { FATES, type Fate } from "../../src/routing/compare-tables.ts";
import { pc } from "../colours.ts";
import { printableLine } from "../terminal/printable.ts";
import { alignColumns } from "../text-table.ts";
import type { DryRun } from "./dry-run.ts";
import { clip } from "./table-page.ts";

/** How each fate is called, for people. */
export const FATE_NAMES: Readonly<Record<Fate, string>> = {
  same: "same",
  changed: "changed",
  newlyFailing: "newly failing",
  failing: "failing as before",
  repaired: "repaired",
  newlyRouted: "new",
  dropped: "gone",
};

/** A sentence on the sendouts, a line for each route and target, and examples of what differs. */
export function dryRunLines({ sendouts, deliveries, examples, warnings }: DryRun): string[] {
  return [
    sentenceOf(sendouts),
    ...alignColumns(deliveries.map((counts) => [`  ${counts.route} → ${counts.target}`, fatesOf(counts)])),
    ...examples.flatMap(exampleLines),
    ...warnings.map((warning) => pc.yellow(`warning  ${warning}`)),
  ];
}

function sentenceOf({
  compared,
  bodiesGone,
  newlyRouted,
  newlyUnrouted,
  unrouted,
  notUnderstood,
}: DryRun["sendouts"]): string {
  if (compared === 0) return `No logged sendout to compare with${gone(bodiesGone)}.`;
  const parts = [
    [newlyRouted, "newly routed"],
    [newlyUnrouted, "newly unrouted"],
    [unrouted, "unrouted as before"],
    [notUnderstood, "not understood"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return `Of the last ${compared} sendouts${gone(bodiesGone)}: ${said.length === 0 ? "all routed as before" : said.join(", ")}.`;
}

function gone(bodies: number): string {
  return bodies === 0 ? "" : ` (${bodies} more whose payload is not kept any more)`;
}

function fatesOf(counts: Readonly<Record<Fate, number>>): string {
  const said = FATES.filter((fate) => counts[fate] > 0).map((fate) =>
    paintOf(fate)(`${counts[fate]} ${FATE_NAMES[fate]}`),
  );
  return said.join(", ");
}

function paintOf(fate: Fate): (text: string) => string {
  if (fate === "newlyFailing" || fate === "dropped") return pc.red;
  return fate === "same" || fate === "failing" ? pc.dim : pc.yellow;
}

function exampleLines({ sendout, route, target, fate, changes, error }: DryRun["examples"][number]): string[] {
  const head = `  ${paintOf(fate)(FATE_NAMES[fate])}: ${sendout}, ${route} → ${target}`;
  const why = error === null ? [] : [`      ${printableLine(error.detail)} (${error.code})`];
  return [
    head,
    ...why,
    ...changes.map(({ path, before, after }) => `      ${printableLine(path)}: ${clip(before)} → ${clip(after)}`),
  ];
}
