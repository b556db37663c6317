// The editor of templates and tables: JSON, or one template string, with expressions coloured and completed and problems at
// their place. It stands in a shadow root: there its styles are adopted, which a Content Security Policy without
// `unsafe-inline` allows. It is large: load it with `lazy(() => import(…))`.

import { Annotation, type Extension } from "@codemirror/state";
import { setDiagnostics } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "preact/hooks";
import { createExtensions } from "./editor-extensions.ts";
import type { FieldLine } from "./completions.ts";
import { insertField, type Language } from "./insertion.ts";
import { syntaxProblems, type Diagnostic } from "./json-places.ts";
import "./editor.css";

/** What others can do with an editor. */
export interface EditorHandle {
  /** Puts a field at the cursor, or in the place of what is selected. False where none can stand. */
  insertField: (path: string) => boolean;
  /** Brings a part into view and selects it. */
  show: (from: number, to: number) => void;
  focus: () => void;
}

export interface EditorProps {
  /** Its name, for screen readers. */
  label: string;
  value: string;
  onText?: (text: string) => void;
  language?: Language;
  /** What to say about parts of the text, beside its own syntax. */
  diagnostics?: readonly Diagnostic[];
  /** Fields that expressions can read, offered while they are written. */
  fields?: readonly FieldLine[];
  isReadOnly?: boolean;
  /** One line without numbers, like a field. */
  isSingleLine?: boolean;
  placeholder?: string;
  onFocus?: () => void;
  onReady?: (handle: EditorHandle) => void;
}

/** Changes that come from outside are not told to the outside. */
const FromOutside = Annotation.define<boolean>();

/** The editor, as high as what is in it, within the limits of its style. */
export function Editor(props: EditorProps) {
  const { label, value, language = "json", diagnostics = NONE, isReadOnly = false, isSingleLine = false } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>();
  // The view lives longer than one rendering: it asks for what is passed now.
  const latest = useRef(props);
  latest.current = props;
  /** Texts that were told and have not come back as `value`: somebody may have typed on meanwhile. */
  const told = useRef<string[]>([]);

  useEffect(() => {
    if (host.current === null) return;
    const listening: Extension = EditorView.updateListener.of((update) => {
      if (update.focusChanged && update.view.hasFocus) latest.current.onFocus?.();
      if (!update.docChanged || update.transactions.some((one) => one.annotation(FromOutside) === true)) return;
      const text = update.state.doc.toString();
      told.current.push(text);
      latest.current.onText?.(text);
    });
    const { placeholder = "" } = latest.current;
    const shown = mount(host.current, latest.current.value, [
      createExtensions({
        label,
        language,
        isReadOnly,
        isSingleLine,
        placeholder,
        fields: () => latest.current.fields ?? [],
        onDrop: (at, path) => insertInto(shown, language, path, at),
      }),
      listening,
    ]);
    view.current = shown;
    latest.current.onReady?.(handleOf(shown, language));
    return () => {
      shown.destroy();
      view.current = undefined;
    };
  }, [label, language, isReadOnly, isSingleLine]);

  useEffect(() => {
    const shown = view.current;
    const echoed = told.current.lastIndexOf(value);
    told.current.splice(0, echoed + 1);
    if (shown === undefined || echoed !== -1 || shown.state.doc.toString() === value) return;
    const changes = { from: 0, to: shown.state.doc.length, insert: value };
    shown.dispatch({ changes, annotations: FromOutside.of(true) });
  }, [value]);

  useEffect(() => {
    const shown = view.current;
    if (shown === undefined) return;
    const own = language === "json" ? syntaxProblems(value) : [];
    const length = shown.state.doc.length;
    const all = [...own, ...diagnostics].filter(({ from, to }) => from >= 0 && to <= length && from <= to);
    shown.dispatch(setDiagnostics(shown.state, all));
  }, [value, diagnostics, language, isReadOnly, isSingleLine]);

  return <div ref={host} class={`editor ${isSingleLine ? "editor-line" : ""} ${isReadOnly ? "editor-fixed" : ""}`} />;
}

const NONE: readonly Diagnostic[] = [];

/** A view in a shadow root of its own below an element. */
export function mount(host: HTMLElement, doc: string, extensions: Extension): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const keys = document.createElement("p");
  keys.id = "keys";
  keys.hidden = true;
  keys.textContent = KEYS;
  root.replaceChildren(keys);
  return new EditorView({ doc, extensions, parent: root, root });
}

/** What a screen reader says about every editor. */
const KEYS =
  "Tab leaves the editor. Control or Command with ] and [ indents, Control with Space lists what can be written in {{ }}, Control or Command with F searches.";

function handleOf(view: EditorView, language: Language): EditorHandle {
  return {
    insertField: (path) => insertInto(view, language, path),
    show: (from, to) => {
      const end = view.state.doc.length;
      view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
  };
}

/** Puts a field where the cursor is, or where it was dropped. */
function insertInto(view: EditorView, language: Language, path: string, at?: number): boolean {
  const { state } = view;
  const selection = at === undefined ? state.selection.main : { from: at, to: at };
  const insertion = insertField(state.doc.toString(), selection, path, language);
  if (insertion === undefined || state.readOnly) return false;
  const changes = state.changes([...insertion.changes]);
  // Behind what was put in: the last of the changes.
  const { from = 0, insert = "" } = insertion.changes.at(-1) ?? {};
  view.dispatch({
    changes,
    selection: { anchor: changes.mapPos(from, -1) + insert.length },
    scrollIntoView: true,
    userEvent: "input.complete",
  });
  view.focus();
  return true;
}
