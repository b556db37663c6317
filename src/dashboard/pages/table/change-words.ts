// Changes of a table in words. Pure.

import type { TableChange } from "../../../routing/diff-tables.ts";
import { ONE } from "./part.ts";

/** A change as a sentence's parts: "Target crm", "request.url", "changed". */
export interface ChangeWords {
  /** What has changed: "Target crm", "The order of the routes", "Settings". */
  subject: string;
  /** Where in it; empty for the whole. */
  place: string;
  /** What became of it. */
  verb: string;
  /** Where it can be looked at; undefined for what is no part. */
  href: string | undefined;
}

const VERBS = { added: "is new", removed: "is gone", changed: "is changed", moved: "is another" } as const;

/** A change in words. */
export function wordsOf({ change, path }: TableChange): ChangeWords {
  const verb = VERBS[change];
  if (change === "moved") return { subject: "The order of the routes", place: "", verb, href: undefined };
  const [kind = "", id = "", ...rest] = path.split(".");
  if (kind !== "inlets" && kind !== "targets" && kind !== "routes") {
    return {
      subject: kind === "settings" ? "Settings" : kind,
      place: [id, ...rest].filter(Boolean).join("."),
      verb,
      href: undefined,
    };
  }
  const name = ONE[kind];
  const href = change === "removed" && rest.length === 0 ? undefined : `/table/${kind}/${encodeURIComponent(id)}`;
  return { subject: `${name[0]?.toUpperCase()}${name.slice(1)} ${id}`, place: rest.join("."), verb, href };
}

/** How much of a value is shown, in characters. */
const VALUE_LENGTH_MAX = 400;

/** A value on one line, cut where it is long; nothing for what is not there. */
export function showValue(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX)}…`;
}
