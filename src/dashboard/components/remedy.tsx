// What somebody can do about something that is wrong, set apart from what it is.

import type { ComponentChildren } from "preact";
import "./remedy.css";

/** The sentence, under the words "What to do". */
export function Remedy({ children }: { children: ComponentChildren }) {
  return (
    <p class="remedy">
      <strong>What to do</strong> {children}
    </p>
  );
}
