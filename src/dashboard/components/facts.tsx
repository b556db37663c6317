// Names with what there is to say of each, as a list that screen readers read in pairs.

import type { ComponentChildren } from "preact";
import "./facts.css";

/** Facts beside each other, as many as there is room for; with `isStacked` one below the other. */
export function Facts({ isStacked = false, children }: { isStacked?: boolean; children: ComponentChildren }) {
  return <dl class={`facts ${isStacked ? "facts-stacked" : ""}`}>{children}</dl>;
}

/** One of them. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
