// Every expression of a request with what it gave: those that gave nothing come first and say why. What a recipe has brought
// along is out of the way, unless it gave nothing: who fills in a recipe has not written it and need not read it.

import { countOf } from "../../components/numbers.ts";
import { divide, isBare, type Entry } from "./trace-parts.ts";

/** The list; `own` are the texts that somebody has written into a recipe's settings, undefined where all is their own. */
export function Trace({ trace, own }: { trace: readonly Entry[]; own: readonly string[] | undefined }) {
  if (trace.length === 0) return null;
  const { shown, ofRecipe } = divide(trace, own);
  const bare = trace.filter(isBare).length;
  return (
    <section class="builder-trace" aria-label="What each expression gave">
      {(shown.length > 0 || ofRecipe.length === 0) && (
        <h3>
          {countOf(shown.length, "expression")}
          {bare > 0 && <span class="builder-trace-bare">, {bare} without a value</span>}
        </h3>
      )}
      <Entries entries={shown} />
      {ofRecipe.length > 0 && (
        <details>
          <summary>{countOf(ofRecipe.length, "expression")} that the recipe brings along</summary>
          <Entries entries={ofRecipe} />
        </details>
      )}
    </section>
  );
}

function Entries({ entries }: { entries: readonly Entry[] }) {
  if (entries.length === 0) return null;
  return (
    <ul>
      {entries.map((entry, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- an expression can stand at a place twice
        <li key={at} class={isBare(entry) ? "is-bare" : ""}>
          <code title={entry.place}>{entry.expression}</code>
          <span>{said(entry)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Longest value that is shown, in characters. */
const VALUE_CHARS_MAX = 300;

function said({ value, empty, error }: Entry): string {
  if (error !== undefined) return empty === undefined ? error : `${error}: ${empty}`;
  if (empty !== undefined) return empty;
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? "";
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}
