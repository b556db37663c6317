// Changes of a table, and what a publication has against it, as people read them.

import type { TableChange } from "../../src/routing/diff-tables.ts";
import { pc } from "../colours.ts";
import type { SourceDocument } from "../document.ts";
import { printableLine } from "../terminal/printable.ts";
import type { Checked } from "./local-table.ts";

const SIGNS = { added: "+", removed: "-", changed: "~", moved: "↕" } as const;

const PAINTS = { added: pc.green, removed: pc.red, changed: pc.yellow, moved: pc.yellow } as const;

/** How much of a value is shown, in characters: a part that is new is there to be named, not to be read. */
const VALUE_LENGTH_MAX = 100;

/** A line a change: `~ targets.crm.timeoutMs: 10000 → 5000`. */
export function changeLines(changes: readonly TableChange[]): string[] {
  return changes.map(({ change, path, before, after }) =>
    PAINTS[change](`${SIGNS[change]} ${printableLine(path)}${explain(change, before, after)}`),
  );
}

function explain(change: TableChange["change"], before: unknown, after: unknown): string {
  if (change === "added") return `: ${clip(after)}`;
  return change === "removed" ? `: ${clip(before)}` : `: ${clip(before)} → ${clip(after)}`;
}

/** A value on one line. */
export function clip(value: unknown): string {
  const text = printableLine(JSON.stringify(value) ?? "nothing");
  return text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX)}…`;
}

/** Errors with their place in the file, then warnings. */
export function checkLines({ errors, warnings }: Checked, { place }: SourceDocument): string[] {
  return [
    ...errors.map(({ path, message }) => pc.red(`error    ${place(path)}: ${path}: ${message}`)),
    ...warnings.map((message) => pc.yellow(`warning  ${message}`)),
  ];
}
