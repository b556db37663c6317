// The migration report for people: a Markdown page with a checklist on top. Pure.

import type { FieldChange } from "../conversion.ts";
import type { MigrationReport, MigrationStep, ReadMigration, Seen, TypeMigration } from "./model.ts";

/** The report as Markdown. */
export function toMarkdown({ steps, types, reads }: MigrationReport): string {
  return [
    "# From v2018-08-01 to v2024-01-01",
    "",
    ...steps.map(checkbox),
    "",
    "## Event types",
    "",
    ...(types.length === 0
      ? ["No v2018-08-01 sendout was seen: there is nothing to migrate."]
      : table(["type", "sent by", "v2018-08-01", "v2024-01-01"], types.map(typeRow))),
    "",
    "## The routing table",
    "",
    ...(reads.length === 0
      ? ["Nothing reads a field that disappears."]
      : table(["place", "reads", "for", "write instead"], reads.map(readRow))),
    ...types.flatMap(changesOf),
    "",
  ].join("\n");
}

function checkbox({ step, title, state, detail }: MigrationStep): string {
  return `${step}. [${state === "done" ? "x" : " "}] **${title}**${state === "by hand" ? " (by hand)" : ""}: ${escape(detail)}`;
}

function typeRow({ type, sender, old, current }: TypeMigration): string[] {
  return [code(type), sender, seenText(old), current === null ? "**not seen yet**" : seenText(current)];
}

function seenText({ count, lastAt }: Seen): string {
  return `${count}, last ${new Date(lastAt).toISOString()}`;
}

function readRow({ place, path, types, fate, replacement }: ReadMigration): string[] {
  const instead = {
    replace: code(replacement ?? ""),
    gone: "nothing: no such field",
    whole: "look at it: its insides change",
  };
  return [code(place), code(path), types.map(code).join(", "), instead[fate]];
}

function changesOf({ type, sender, comparedWith, changes }: TypeMigration): string[] {
  const heading = ["", `## ${code(type)} from a ${sender}`, ""];
  if (comparedWith === "nothing") return [...heading, "None has come in with its body, and there is no example of it."];
  const basis =
    comparedWith === "traffic" ? "a sendout that came in" : "our own example, as none has come in with its body";
  return [
    ...heading,
    `Every field of ${basis}. A line speaks of everything below its field that has no line of its own.`,
    "",
    ...table(["v2018-08-01", "change", "v2024-01-01"], changes.map(changeRow)),
  ];
}

function changeRow({ change, from, to }: FieldChange): string[] {
  return [from === null ? "" : code(from), change === "unknown" ? "new" : change, to === null ? "" : code(to)];
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...rows.map(line)];
}

/**
 * A name as code. Names come from payloads: none may become markup or end a cell. Readers disagree on whether a
 * backslash saves a pipe that follows another backslash, so a name with a pipe is written without any.
 */
function code(text: string): string {
  const inert = text.replaceAll(/[\r\n]+/g, " ");
  if (inert.includes("|")) {
    return `<code>${inert.replaceAll(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0)};`)}</code>`;
  }
  const fence = "`".repeat(1 + Math.max(0, ...Array.from(inert.matchAll(/`+/g), ([run]) => run.length)));
  return inert.includes("`") ? `${fence} ${inert} ${fence}` : `${fence}${inert}${fence}`;
}

/** A sentence with names in it. The last two are what some readers make links of. */
function escape(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\`*_[\]<>|~&]|:(?=\/\/)|(?<=www)\./gi, String.raw`\$&`);
}
