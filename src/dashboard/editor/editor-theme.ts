// How the editor looks: by the variables of styles/tokens.css, which reach into its shadow root, so light and dark come by
// themselves.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const layout = EditorView.theme({
  "&": { flex: "1", minHeight: "0", color: "var(--ink)", fontSize: "var(--text-s)", backgroundColor: "var(--surface)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { padding: "0.4rem 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 0.6rem" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "light-dark(#cfe0ff, #2b4a80)",
  },
  ".cm-gutters": {
    border: "0",
    borderRight: "1px solid var(--line)",
    backgroundColor: "var(--surface)",
    color: "var(--ink-quiet)",
  },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 6%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  ".cm-placeholder": { color: "var(--ink-quiet)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selected)", outline: "1px solid var(--line-strong)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-ground)" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-ground)", outline: "1px solid var(--warn)" },
  ".cm-selectionMatch": { backgroundColor: "var(--selected)" },
  ".cm-foldPlaceholder": {
    border: "1px solid var(--line)",
    backgroundColor: "var(--sunken)",
    color: "var(--ink-soft)",
  },
  ".template": { backgroundColor: "color-mix(in srgb, var(--accent) 9%, transparent)" },
  ".template-brace, .template-operator": { color: "var(--ink-soft)" },
  ".template-path": { color: "var(--code-template)" },
  ".template-function": { color: "var(--code-key)" },
  ".template-text": { color: "var(--code-text)" },
  ".template-number": { color: "var(--code-number)" },
  ".template-word": { color: "var(--code-word)" },
});

const panels = EditorView.theme({
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panel.cm-search": { padding: "0.4rem 0.6rem", fontFamily: "var(--font)" },
  ".cm-panel label": { fontSize: "var(--text-xs)" },
  ".cm-textfield": {
    border: "1px solid var(--line-control)",
    borderRadius: "var(--radius-s)",
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    fontSize: "var(--text-s)",
  },
  ".cm-button": {
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-s)",
    backgroundColor: "var(--surface)",
    backgroundImage: "none",
    color: "var(--ink)",
  },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "var(--radius)",
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    boxShadow: "var(--shadow-raised)",
  },
  ".cm-tooltip-lint": { maxWidth: "28rem" },
  ".cm-diagnostic": { padding: "0.4rem 0.6rem", fontFamily: "var(--font)", overflowWrap: "anywhere" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--bad)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--warn)" },
  ".cm-diagnostic-info": { borderLeft: "3px solid var(--info)" },
  ".cm-lintRange-error": underlined("var(--bad)"),
  ".cm-lintRange-warning": underlined("var(--warn)"),
  ".cm-lintRange-info": underlined("var(--info)"),
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mono)",
    maxHeight: "16rem",
    maxWidth: "min(34rem, 92vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.15rem 0.5rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent-ground)",
    color: "var(--on-accent)",
  },
  ".cm-completionDetail": { color: "var(--ink-quiet)", fontStyle: "normal" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "650" },
  ".cm-tooltip.cm-completionInfo": {
    padding: "0.5rem 0.7rem",
    maxWidth: "20rem",
    fontFamily: "var(--font)",
    whiteSpace: "pre-line",
  },
});

/** A wavy line, without the images that CodeMirror's own styles have. */
function underlined(colour: string) {
  return { backgroundImage: "none", textDecoration: `underline wavy ${colour}`, textDecorationSkipInk: "none" };
}

const differences = EditorView.theme({
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--good-ground)" },
  "&.cm-merge-b .cm-deletedChunk": { backgroundColor: "var(--bad-ground)", paddingLeft: "0.6rem" },
  "&.cm-merge-b .cm-changedText": { background: "color-mix(in srgb, var(--good) 12%, transparent)" },
  "&.cm-merge-b .cm-deletedChunk .cm-deletedText": { background: "color-mix(in srgb, var(--bad) 12%, transparent)" },
  "&.cm-merge-b .cm-deletedLine, &.cm-merge-b .cm-deletedLine del": { textDecoration: "none" },
  "&.cm-merge-b .cm-changedLineGutter": { background: "var(--good)" },
  ".cm-deletedLineGutter": { background: "var(--bad)" },
  ".cm-collapsedLines": { background: "var(--sunken)", color: "var(--ink-soft)" },
  // Its own sign is in few fonts.
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: '"⋯"' },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-key)" },
  { tag: tags.string, color: "var(--code-text)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: [tags.bool, tags.null], color: "var(--code-word)" },
]);

/** The extensions that give the editor its look. */
export const editorTheme = [layout, panels, differences, syntaxHighlighting(colours)];
