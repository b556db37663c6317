// What differs between two texts, to read: the new one, with what went above what came.

import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { useEffect, useRef } from "preact/hooks";
import { createExtensions } from "./editor-extensions.ts";
import { mount } from "./editor.tsx";
import "./editor.css";

/** Unchanged lines shown around a change, and how many there must be for them to be folded. */
const FOLDING = { margin: 3, minSize: 6 };

/** Both texts in one, changes coloured, what is the same folded. It is large: load it with `lazy`. */
export function DiffView({ label, before, after }: { label: string; before: string; after: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    const view = mount(host.current, after, [
      createExtensions({ ...READING, label }),
      EditorState.readOnly.of(true),
      unifiedMergeView({
        original: before,
        mergeControls: false,
        collapseUnchanged: FOLDING,
        syntaxHighlightDeletions: true,
      }),
    ]);
    return () => view.destroy();
  }, [label, before, after]);
  return <div ref={host} class="editor editor-fixed" />;
}

const READING = {
  language: "json" as const,
  isReadOnly: true,
  isSingleLine: false,
  placeholder: "",
  fields: () => [],
  onDrop: () => undefined,
};
