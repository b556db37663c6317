// What opens and closes a branch of a tree.

import { ChevronRight } from "lucide-preact";
import "./tree-toggle.css";

/** The button. Without a label it is for the pointer alone, in a tree that opens and closes its branches by keys. */
export function TreeToggle({ isOpen, label, onToggle }: { isOpen: boolean; label?: string; onToggle: () => void }) {
  const forPointer = label === undefined;
  return (
    <button
      type="button"
      class={`tree-toggle ${isOpen ? "is-open" : ""}`}
      {...(forPointer ? { tabIndex: -1, "aria-hidden": true } : { "aria-label": label })}
      onClick={onToggle}
    >
      <ChevronRight size={14} aria-hidden="true" />
    </button>
  );
}
