// What `signalbox events` prints for people: the table of all types, and the page of one.

import { pc } from "./colours.ts";
import type { EventDefinition } from "../src/voucherify/catalogue/definition.ts";
import type { JsonObject } from "../src/voucherify/read-json.ts";
import type { EventField } from "../src/voucherify/field-index.ts";
import type { EventDescription } from "../src/voucherify/event-description.ts";
import { toJson } from "./outcome.ts";
import { alignColumns } from "./text-table.ts";

const { bold, yellow } = pc;

/** The table of event types, one a line; only the last column has spaces in it. */
export function eventTable(events: readonly EventDefinition[]): string {
  const rows = events.map(({ type, selectable, versions, documented, removed, meaning }) => [
    type,
    placesOf(selectable).join(",") || "-",
    versions.join(","),
    removed ? "removed" : documented ? "yes" : "no",
    meaning,
  ]);
  const lines = alignColumns([["TYPE", "SELECTABLE", "VERSIONS", "DOCUMENTED", "MEANING"], ...rows]);
  // Coloured by the line: codes inside a column would count as letters.
  return lines
    .map((line, index) => (index === 0 ? bold(line) : isSure(events[index - 1]) ? line : yellow(line)))
    .join("\n");
}

/** All that is known of one event type. */
export function eventPage(event: EventDescription & { example: JsonObject }): string {
  const { type, meaning, aliases, selectable, versions, documented, removed, data, fields, example } = event;
  const about = [
    ["Also called", aliases.join(", ")],
    ["Selectable", placesOf(selectable).join(", ") || "nowhere today"],
    ["Versions", versions.join(", ")],
    ["Documented", documented ? "yes" : yellow("no: its data keys and fields are taken from its neighbours")],
    ["Removed", removed ? yellow("Voucherify no longer sends it") : ""],
  ].filter(([, content]) => content !== "");
  return [
    bold(type),
    meaning,
    "",
    ...alignColumns(about),
    ...section("Data keys"),
    ...alignColumns(data.map((key) => [key.key, key.presence + (key.nullable ? " or null" : ""), key.meaning])),
    ...section("Fields"),
    ...alignColumns(fields.map((field) => [field.path, kindOf(field), meaningOf(field)])),
    ...section("Example"),
    toJson(example),
  ].join("\n");
}

function section(title: string): string[] {
  return ["", bold(title)];
}

function placesOf({ project, distribution }: EventDefinition["selectable"]): string[] {
  return [...(project ? ["project"] : []), ...(distribution ? ["distribution"] : [])];
}

function isSure(event: EventDefinition | undefined): boolean {
  return event?.documented === true && event.removed !== true;
}

function kindOf({ kind, nullable }: EventField): string {
  return nullable ? `${kind} or null` : kind;
}

function meaningOf({ meaning, choices, sample }: EventField): string {
  if (choices !== undefined) return `${meaning}: ${choices.join(", ")}`;
  return sample === undefined ? meaning : `${meaning}, e.g. ${JSON.stringify(sample)}`;
}
