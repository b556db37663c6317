// What messages say: what has happened, since when, how often, what to do, and where to look. They go through other
// people's systems, so they are made of incidents alone, which hold nothing of a payload and no secret. Pure.

import type { Change, Message } from "../ledger/alerts.ts";
import type { Told } from "../ledger/told.ts";
import { remedyOf, severityOf, titleOf } from "./kinds.ts";

/** How long a detail may be, in characters. */
const DETAIL_CHARS_MAX = 900;

/** How many incidents one message names. */
const NAMED_MAX = 20;

/** Said first of each change. */
const WORDS: Record<Change, string> = {
  opened: "",
  reopened: "Again: ",
  resolved: "All clear: ",
  passed: "It is over already: ",
  reminder: "Still open: ",
  digest: "",
  test: "",
};

/** The message about one incident. */
export function writeMessage(incident: Told, change: Change, origin: string | undefined, now: number): Message {
  const { kind, subject, detail, openedAt, resolvedAt, resolvedBy, resolvedByName, flaps } = incident;
  const over = resolvedAt === null ? "" : ` until ${clock(resolvedAt)}`;
  const by = resolvedBy === "person" ? `Resolved by ${resolvedByName ?? "somebody"}.` : "";
  const back = flaps === 0 ? "" : `It has come back ${flaps === 1 ? "once" : `${flaps} times`} lately.`;
  const isOver = change === "resolved" || change === "passed";
  const remedy = isOver ? undefined : remedyOf(kind);
  return {
    title: `${WORDS[change]}${titleOf(incident)}`,
    lines: [
      `Since ${clock(openedAt)}${over} (${lasted((resolvedAt ?? now) - openedAt)}), ${severityOf(kind)}. ${back}`.trim(),
      change === "resolved" ? by : clip(detail),
      remedy ?? "",
    ].filter((line) => line !== ""),
    link: linkTo(origin, new URLSearchParams({ kind, subject })),
  };
}

/** Several messages in one. */
export function foldMessages(messages: readonly Message[], origin: string | undefined): Message {
  return {
    title: `${messages.length} messages about incidents`,
    lines: named(messages.map(({ title, lines }) => `${title}. ${lines[0] ?? ""}`.trim())),
    link: linkTo(origin, new URLSearchParams({ state: "open" })),
  };
}

/** The daily message: what is open, and what had to wait. Undefined when there is neither. */
export function writeDigest(
  open: readonly Told[],
  held: readonly Message[],
  origin: string | undefined,
  now: number,
): Message | undefined {
  if (open.length === 0 && held.length === 0) return undefined;
  const openLines = open.map((incident) => {
    const { kind, openedAt } = incident;
    return `${titleOf(incident)} (${severityOf(kind)}, for ${lasted(now - openedAt)})`;
  });
  return {
    title: open.length === 0 ? "Nothing is open" : `Open incidents: ${open.length}`,
    lines: [
      ...named(openLines),
      ...(held.length === 0 ? [] : ["What waited for this message:", ...named(held.map(({ title }) => title))]),
    ],
    link: linkTo(origin, new URLSearchParams({ state: "open" })),
  };
}

/** What a channel gets for a test. */
export function writeTest(channel: string, origin: string | undefined): Message {
  return {
    title: `A test of the channel "${channel}"`,
    lines: ["Somebody has asked Signalbox to send this. Nothing has happened."],
    link: linkTo(origin, new URLSearchParams({ state: "open" })),
  };
}

function named(lines: readonly string[]): string[] {
  const rest = lines.length - NAMED_MAX;
  return rest > 0 ? [...lines.slice(0, NAMED_MAX), `and ${rest} more`] : [...lines];
}

function linkTo(origin: string | undefined, query: URLSearchParams): string | null {
  return origin === undefined ? null : `${origin}/incidents?${query.toString()}`;
}

function clip(text: string): string {
  return text.length <= DETAIL_CHARS_MAX ? text : `${text.slice(0, DETAIL_CHARS_MAX).toWellFormed()}…`;
}

/** To the minute, in UTC. */
function clock(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function lasted(ms: number): string {
  const minutes = Math.max(Math.round(ms / 60_000), 0);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}
