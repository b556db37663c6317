// What the editor is put together from: history, search, brackets, completion, and what a field is dropped as.

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder as placeholderOf,
} from "@codemirror/view";
import { optionsFor, wordAt, type FieldLine } from "./completions.ts";
import { editorTheme } from "./editor-theme.ts";
import { FIELD_TYPE } from "./field-drag.ts";
import type { Language } from "./insertion.ts";
import { templateColours } from "./template-colours.ts";

/** What an editor is made for. */
export interface Setup {
  label: string;
  language: Language;
  isReadOnly: boolean;
  isSingleLine: boolean;
  placeholder: string;
  /** The fields that expressions can read now. */
  fields: () => readonly FieldLine[];
  /** A field was dropped at a position. */
  onDrop: (at: number, path: string) => void;
}

/** The extensions of an editor. */
export function createExtensions(setup: Setup): Extension {
  const { language, isSingleLine, isReadOnly, placeholder } = setup;
  return [
    named(setup.label),
    editorTheme,
    drawSelection(),
    dropCursor(),
    EditorView.lineWrapping,
    language === "json" ? json() : [],
    templateColours(language),
    bracketMatching(),
    isSingleLine ? singleLine : severalLines,
    language === "json" && !isSingleLine ? document : [],
    isReadOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(true)] : written(setup),
    placeholder === "" ? [] : placeholderOf(placeholder),
  ];
}

/** What its content is called, and where its keys are explained (`mount` puts that beside it). */
function named(label: string): Extension {
  return EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": "keys" });
}

/** What a document has that is longer than a message. */
const document: Extension = [
  lineNumbers(),
  foldGutter(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  lintGutter(),
];

const severalLines: Extension = [
  highlightSelectionMatches(),
  search({ top: true }),
  keymap.of([...searchKeymap, ...foldKeymap, ...lintKeymap]),
];

/** Line breaks do not come in, however they are tried. */
const singleLine: Extension = [
  EditorView.clipboardInputFilter.of((text) => text.replaceAll(/\s*[\r\n]+\s*/g, "")),
  EditorState.transactionFilter.of((transaction) => (transaction.newDoc.lines > 1 ? [] : transaction)),
];

function written({ language, fields, onDrop }: Setup): Extension {
  return [
    history(),
    indentOnInput(),
    closeBrackets(),
    autocompletion({
      override: [(context) => complete(context, language, fields())],
      icons: false,
      activateOnTypingDelay: 50,
      // Enter right behind the last key chooses: a line break is seldom meant inside of an expression.
      interactionDelay: 0,
    }),
    braces,
    EditorView.domEventHandlers({
      drop: (event, view) => {
        const path = event.dataTransfer?.getData(FIELD_TYPE) ?? "";
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
        if (path === "" || at === null) return false;
        event.preventDefault();
        onDrop(at, path);
        return true;
      },
    }),
    // Tab is nobody's: it goes on to what comes next on the page, as people who use a keyboard expect.
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
  ];
}

/** A second brace makes a whole expression, with the cursor in it and the list of what can be written. */
const braces: Extension = EditorView.inputHandler.of((view, from, to, text) => {
  const around = view.state.sliceDoc(Math.max(0, from - 2), to + 1);
  const isSecond = text === "{" && from === to && view.state.sliceDoc(from - 1, from) === "{";
  if (!isSecond || around.startsWith("{{") || around.startsWith("\\")) return false;
  // The first brace may have brought its own end along.
  const end = view.state.sliceDoc(to, to + 1) === "}" ? to + 1 : to;
  const isEnded = view.state
    .sliceDoc(end, end + 30)
    .trimStart()
    .startsWith("}}");
  const insert = isEnded ? "{ " : "{  }}";
  view.dispatch({ changes: { from, to: end, insert }, selection: { anchor: from + 2 }, userEvent: "input.type" });
  startCompletion(view);
  return true;
});

/** How far back the braces of an expression are looked for that has nothing in it yet, in characters. */
const BEGINNING_CHARS = 4;

function complete(
  context: CompletionContext,
  language: Language,
  fields: readonly FieldLine[],
): CompletionResult | null {
  const word = wordAt(context.state.doc.toString(), context.pos, language);
  if (word === undefined) return null;
  // Behind a bracket or an operator the list would stand in the way, unless it is asked for.
  const isBeginning = /\{\{\s*$/.test(context.state.sliceDoc(Math.max(0, word.from - BEGINNING_CHARS), word.from));
  if (word.text === "" && !context.explicit && !isBeginning) return null;
  return {
    from: word.from,
    options: optionsFor(fields).map(({ label, apply, cursorBack, detail, info, type }, index) => ({
      label,
      detail,
      info,
      type,
      // In the order of the event, fields before functions, where the word fits both as well.
      boost: type === "property" ? Math.max(1, 99 - index / 20) : 0,
      apply: (view, _, from, to) => {
        const insert = word.isClosed ? apply : `${apply} }}`;
        const anchor = from + apply.length - cursorBack;
        view.dispatch({ changes: { from, to, insert }, selection: { anchor }, userEvent: "input.complete" });
      },
    })),
    validFor: /^[$\w.`[\]-]*$/,
  };
}
