// Every expression of a request with what it gave; those that gave nothing come first, and say why.

import { countOf } from "../../components/numbers.ts";
import type { Delivery } from "./use-preview.ts";

type Entry = Delivery["trace"][number];

/** The list. */
export function Trace({ trace }: { trace: Delivery["trace"] }) {
  if (trace.length === 0) return null;
  const isBare = ({ empty, error }: Entry) => empty !== undefined || error !== undefined;
  const bare = trace.filter(isBare);
  const sorted = [...bare, ...trace.filter((entry) => !isBare(entry))];
  return (
    <section class="builder-trace" aria-label="What each expression gave">
      <h3>
        {countOf(trace.length, "expression")}
        {bare.length > 0 && <span class="builder-trace-bare">, {bare.length} without a value</span>}
      </h3>
      <ul>
        {sorted.map((entry, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- an expression can stand at a place twice
          <li key={at} class={isBare(entry) ? "is-bare" : ""}>
            <code title={entry.place}>{entry.expression}</code>
            <span>{said(entry)}</span>
          </li>
        ))}
      </ul>
    </section>
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
