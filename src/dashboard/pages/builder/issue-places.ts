// What the router says is wrong with a draft, by the part of the form where it stands, and in a text by its place there. Pure.

import { decodeString, expressionsIn, templatesIn } from "../../editor/expression-spans.ts";
import type { Language } from "../../editor/insertion.ts";
import { placeOf, type Diagnostic } from "../../editor/json-places.ts";
import type { Draft } from "./draft.ts";

/** One thing that is wrong, as the admin API has it. */
export interface Issue {
  path: string;
  message: string;
}

/** Issues by where the form shows them. */
export interface PlacedIssues {
  url: readonly Diagnostic[];
  body: readonly Diagnostic[];
  /** By the place of the header. */
  headers: ReadonlyMap<string, string>;
  settings: ReadonlyMap<string, string>;
  /** Of settings that are templates, where it is in them. */
  texts: ReadonlyMap<string, readonly Diagnostic[]>;
  secrets: ReadonlyMap<string, string>;
  auth: readonly string[];
  /** All that no field is about. */
  others: readonly Issue[];
}

/** Sorts issues whose paths begin at `target`. */
export function placeIssues(issues: readonly Issue[], draft: Draft): PlacedIssues {
  const below = (part: string) =>
    issues.flatMap(({ path, message }) => {
      if (path !== part && !path.startsWith(`${part}.`)) return [];
      return [{ rest: path.slice(part.length + 1), message, path }];
    });
  const byName = (part: string) => new Map(below(part).map(({ rest, message }) => [rest, message]));
  const settings = below("target.settings");
  const shown = new Set(
    ["request.url", "request.body", "request.headers", "settings", "secrets", "auth"].flatMap((part) =>
      below(`target.${part}`).map(({ path }) => path),
    ),
  );
  return {
    url: below("target.request.url").map(({ message }) => inText(draft.url, message)),
    body: below("target.request.body").map(({ rest, message }) => inBody(draft, rest, message)),
    headers: byName("target.request.headers"),
    settings: byName("target.settings"),
    texts: new Map(settings.map(({ rest, message }) => [rest, [inText(draft.settings[rest] ?? "", message)]])),
    secrets: byName("target.secrets"),
    auth: below("target.auth").map(({ rest, message }) => (rest === "" ? message : `${rest}: ${message}`)),
    others: issues.filter(({ path }) => !shown.has(path)),
  };
}

function inBody({ body, encoding }: Draft, path: string, message: string): Diagnostic {
  if (encoding === "text") return inText(body, message);
  const { from, to } = placeOf(body, path);
  const isText = body.charAt(from) === '"';
  if (!isText) return { from, to, message, severity: "error" };
  const { text, offsets } = decodeString(body.slice(from + 1, to - 1), from + 1);
  const inside = inText(text, message);
  return { ...inside, from: offsets[inside.from] ?? from, to: offsets[inside.to] ?? to };
}

/** `character 19: …` and `line 2, column 7: …`, as templates are refused. */
const POSITION = /^(?:line (?<line>\d+), column|character) (?<column>\d+): (?<rest>.*)$/s;

/** What is wrong with a template string, from the place that the message names to the end of the word there. */
function inText(text: string, message: string): Diagnostic {
  const { line = "1", column, rest = message } = POSITION.exec(message)?.groups ?? {};
  if (column === undefined) return { from: 0, to: text.length, message, severity: "error" };
  const start = text
    .split("\n")
    .slice(0, Number(line) - 1)
    .reduce((length, one) => length + one.length + 1, 0);
  const from = Math.min(start + Number(column) - 1, text.length);
  const word = /^(?:\{\{[^}]*|[$\w.]+|.)/s.exec(text.slice(from))?.[0] ?? "";
  return { from, to: from + word.length, message: rest, severity: "error" };
}

/** An expression and why it gave nothing, as a trace has it. */
export interface Traced {
  expression: string;
  empty?: string | undefined;
}

/** Where a text has expressions that gave nothing, with why. */
export function emptyPlaces(text: string, language: Language, trace: readonly Traced[]): Diagnostic[] {
  const empties = new Map(trace.flatMap(({ expression, empty }) => (empty === undefined ? [] : [[expression, empty]])));
  const expressions =
    language === "json"
      ? expressionsIn(text)
      : templatesIn(text).map(({ from, to }) => ({ from, to, source: text.slice(from, to).trim() }));
  return expressions.flatMap(({ from, to, source }) => {
    const message = empties.get(source);
    return message === undefined ? [] : [{ from, to, message, severity: "warning" as const }];
  });
}
