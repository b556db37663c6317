// An event's fields as a tree: found by name, meaning or value, put into the template by a click or by dragging.

import { useMemo, useRef, useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { countOf, formatCount } from "../../components/numbers.ts";
import { useToggled } from "../../components/toggled.ts";
import { TreeToggle } from "../../components/tree-toggle.tsx";
import { dragField } from "../../editor/field-drag.ts";
import { expressionOf } from "../../editor/insertion.ts";
import { rowsOf, type EventField, type FieldRow } from "./field-rows.ts";
import "./field-tree.css";

/** How many rows are in the page at once; a button shows more. */
const ROWS_SHOWN = 250;

/** What is open at first: what most templates read. */
const OPEN_AT_FIRST: ReadonlySet<string> = new Set(["customer"]);

/** The tree. Arrow keys go up and down, right and left open and close, Enter puts a field into the template. */
export function FieldTree({ fields, onPick }: { fields: readonly EventField[]; onPick: (path: string) => void }) {
  const [sought, setSought] = useState("");
  const [toggled, toggle] = useToggled();
  const [shown, setShown] = useState(ROWS_SHOWN);
  const [current, setCurrent] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const isOpen = (path: string) => OPEN_AT_FIRST.has(path) !== toggled.has(path);
  const rows = useMemo(() => rowsOf(fields, isOpen, sought), [fields, toggled, sought]);
  const reachable = rows.some(({ field }) => field.path === current) ? current : rows[0]?.field.path;
  const onKeyDown = (event: KeyboardEvent) => {
    const at = rows.findIndex(({ field }) => field.path === reachable);
    const row = rows[at];
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: Math.min(rows.length, shown) - 1 }[event.key];
    if (to === undefined) {
      const isTurn =
        (event.key === "ArrowRight" && row?.isOpen === false) || (event.key === "ArrowLeft" && row?.isOpen === true);
      if (row === undefined || !isTurn) return;
      toggle(row.field.path);
    } else {
      const next = rows[Math.max(0, to)];
      if (next === undefined) return;
      setCurrent(next.field.path);
      list.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(next.field.path)}"]`)?.focus();
    }
    event.preventDefault();
  };
  return (
    <div class="field-tree">
      <TextField
        label="Search the fields"
        isLabelHidden
        type="search"
        placeholder="Search names, meanings and values"
        value={sought}
        onText={setSought}
      />
      <p class="field-hint" role="status">
        {sought === ""
          ? "Click a field to put it where the cursor is, or drag it there."
          : `${countOf(rows.length, "row")} found`}
      </p>
      <ul role="tree" aria-label="Fields of the event" ref={list} onKeyDown={onKeyDown}>
        {rows.slice(0, shown).map((row) => (
          <Row
            key={row.field.path}
            row={row}
            isReachable={row.field.path === reachable}
            onFocus={setCurrent}
            onToggle={toggle}
            onPick={onPick}
          />
        ))}
      </ul>
      {rows.length > shown && (
        <Button onClick={() => setShown(shown + ROWS_SHOWN)}>
          Show more ({formatCount(rows.length - shown)} hidden)
        </Button>
      )}
    </div>
  );
}

function Row({
  row: { field, name, depth, isOpen },
  isReachable,
  onFocus,
  onToggle,
  onPick,
}: {
  row: FieldRow;
  isReachable: boolean;
  onFocus: (path: string) => void;
  onToggle: (path: string) => void;
  onPick: (path: string) => void;
}) {
  const { path } = field;
  return (
    <li role="none" style={{ paddingLeft: `${depth * 0.9}rem` }}>
      {isOpen !== undefined && <TreeToggle isOpen={isOpen} onToggle={() => onToggle(path)} />}
      <button
        type="button"
        role="treeitem"
        class="field-tree-pick"
        data-path={path}
        aria-level={depth + 1}
        aria-expanded={isOpen}
        aria-selected={false}
        tabIndex={isReachable ? 0 : -1}
        title={titleOf(field)}
        draggable
        onDragStart={(event) => dragField(event, expressionOf(path))}
        onFocus={() => onFocus(path)}
        onClick={() => onPick(path)}
      >
        <span class="field-tree-name mono">{name}</span>
        <span class="field-tree-value mono cut">{valueOf(field)}</span>
        {field.nullable && <span class="field-tree-mark">may be null</span>}
      </button>
    </li>
  );
}

function titleOf({ path, kind, meaning, nullable, presence }: EventField): string {
  const lacking = presence === "required" ? "" : "\nSome events do not have it.";
  return `${expressionOf(path)}\n${meaning}\n${kind}${nullable ? ", may be null" : ""}${lacking}`;
}

/** Longest value that is shown, in characters. */
const VALUE_CHARS_MAX = 60;

function valueOf({ value, sample }: EventField): string {
  const shown = value ?? sample;
  if (typeof shown === "object" && shown !== null) return "";
  if (value === null) return "null";
  if (shown === undefined) return "";
  return (typeof shown === "string" ? shown : JSON.stringify(shown)).slice(0, VALUE_CHARS_MAX);
}
