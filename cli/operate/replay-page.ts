// A replay for people: what it would do, how far it has come, how it ended.

import { pc } from "../colours.ts";
import { printableLine } from "../terminal/printable.ts";
import { counted } from "../terminal/counted.ts";
import { terminalWidth } from "../terminal/width.ts";
import { alignColumns } from "../text-table.ts";
import type { Replay } from "./replay-answer.ts";

/** The plan. */
export function planPage({ id, mode, rate, plan }: Replay): string {
  const { selected, takesSeconds, targets, excluded, sample = [] } = plan;
  const rows = targets.map(({ target, deliveries, states, repeats, wouldBeHeld }) => [
    `  ${target}`,
    String(deliveries),
    countsOf(states),
    countsOf(repeats),
    wouldBeHeld > 0 ? String(wouldBeHeld) : "",
  ]);
  const differing = sample.filter(({ differs }) => differs === true).length;
  const unrenderable = sample.filter(({ differs }) => differs === null);
  return [
    `${pc.bold(id)}  ${mode}: ${counted(selected, "delivery", "deliveries")}, ${rate} a second, about ${durationOf(takesSeconds)}`,
    ...(rows.length === 0
      ? []
      : alignColumns([["  TARGET", "DELIVERIES", "NOW", "AT THE TARGET", "HELD"], ...rows], terminalWidth())),
    ...(Object.keys(excluded).length === 0 ? [] : [`  left out: ${countsOf(excluded)}`]),
    ...(selected === 0 ? leftOutForState(excluded) : []),
    ...(sample.length === 0 ? [] : [`  of ${sample.length} that were tried, ${differing} differ from what was kept`]),
    ...unrenderable.map(({ delivery, detail }) => pc.yellow(`  ${delivery}: ${printableLine(detail ?? "")}`)),
  ].join("\n");
}

/** States that only a replay that names them takes, `failed` and `expired` where none is named. */
const ENDED = ["delivered", "cancelled", "failed", "expired"];

/** What to add to a replay that takes nothing, where it was only the state of what it found. */
function leftOutForState(excluded: Readonly<Record<string, number>>): string[] {
  const states = ENDED.filter((state) => (excluded[state] ?? 0) > 0);
  return states.length === 0
    ? []
    : [`  to send ${states.length === 1 ? "that" : "those"} again: --state ${states.join(",")}`];
}

/** How many are over with, one way or another. */
export function endedOf({ progress: { selected, left, states } }: Replay): number {
  return selected - left - (states["pending"] ?? 0) - (states["scheduled"] ?? 0);
}

/** Whether every delivery has its outcome. */
export function isOver(replay: Replay): boolean {
  return endedOf(replay) === replay.progress.selected;
}

/** How far it has come, beside the bar. */
export function progressLine({ progress }: Replay): string {
  return countsOf(progress.states);
}

/** How it stands or ended. */
export function endOf(replay: Replay): string {
  const { id, progress } = replay;
  const state = replay.state === "running" && isOver(replay) ? "done" : replay.state;
  const { selected, sent, states, left, withdrawn, skipped } = progress;
  const parts = [
    `${sent} of ${selected} sent`,
    countsOf(states),
    left > 0 ? `${left} still to come` : "",
    withdrawn > 0 ? `${withdrawn} taken back` : "",
    Object.keys(skipped).length > 0 ? `passed over: ${countsOf(skipped)}` : "",
  ];
  return `${pc.bold(id)}  ${state}: ${parts.filter((part) => part !== "").join("; ")}`;
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([name, count]) => `${count} ${name.replaceAll("_", " ")}`).join(", ");
}

function durationOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3_600)} h`;
}
