// A state in one word, told by colour, shape and text, so that no one of them is needed to understand it.

import type { ComponentChildren } from "preact";
import "./badge.css";

/** What a state means for whoever looks. */
export type Mood = "good" | "warn" | "bad" | "info" | "calm";

/** How each state of a sendout, delivery, incident or replay looks. */
const MOODS: Readonly<Record<string, Mood>> = {
  routed: "good",
  delivered: "good",
  resolved: "good",
  done: "good",
  healthy: "good",
  pending: "info",
  scheduled: "info",
  running: "info",
  planned: "info",
  held: "warn",
  throttled: "warn",
  paused: "warn",
  acknowledged: "warn",
  warning: "warn",
  quarantined: "bad",
  failed: "bad",
  expired: "bad",
  open: "bad",
  critical: "bad",
  broken: "bad",
  unrouted: "calm",
  cancelled: "calm",
  stopped: "calm",
  discarded: "calm",
};

/** A state as a coloured word. What it is not known for is calm. */
export function Badge({ state, mood, children }: { state: string; mood?: Mood; children?: ComponentChildren }) {
  return <span class={`badge badge-${mood ?? MOODS[state] ?? "calm"}`}>{children ?? state}</span>;
}
