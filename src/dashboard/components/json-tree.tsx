// A JSON value as a tree that opens and closes, can be searched, and says the path of whatever is chosen in it. Values are
// text, whatever is in them.

import { useMemo, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { TextField } from "./field.tsx";
import { findPaths, flatten, type TreeRow } from "./json-rows.ts";
import { formatCount } from "./numbers.ts";
import { useToggled } from "./toggled.ts";
import { TreeToggle } from "./tree-toggle.tsx";
import "./json-tree.css";

/** How many rows are in the page at once; a button shows more. */
const ROWS_SHOWN = 400;

/** How deep it is open at first. */
const DEPTH_OPEN = 2;

/** A searchable tree. `onPick` is given the path of a value that is chosen; without it values cannot be chosen. */
export function JsonTree({
  value,
  label,
  onPick,
}: {
  value: unknown;
  /** What the value is, for screen readers: "Event data". */
  label: string;
  onPick?: (path: string) => void;
}) {
  const [toggled, toggle] = useToggled();
  const [sought, setSought] = useState("");
  const [shown, setShown] = useState(ROWS_SHOWN);
  const found = useMemo(() => (sought.trim() === "" ? undefined : findPaths(value, sought.trim())), [value, sought]);
  const isOpen = (path: string, depth: number) =>
    found?.within.has(path) === true || depth < DEPTH_OPEN !== toggled.has(path);
  const rows = flatten(value, isOpen, found);
  return (
    <div class="json-tree">
      <div class="json-tree-bar">
        <TextField
          label={`Search in ${label}`}
          isLabelHidden
          type="search"
          placeholder="Search names and values"
          value={sought}
          onText={setSought}
        />
        <span class="quiet" role="status">
          {found !== undefined && `${formatCount(found.count)} found`}
        </span>
        <CopyButton text={JSON.stringify(value, null, 2)} label={`Copy ${label}`} />
      </div>
      <ul role="tree" aria-label={label} class="mono">
        {rows.slice(0, shown).map((row) => (
          <Row
            key={row.path}
            row={row}
            onToggle={toggle}
            onPick={onPick}
            isFound={found?.hits.has(row.path) === true}
          />
        ))}
      </ul>
      {rows.length > shown && (
        <Button onClick={() => setShown(shown + ROWS_SHOWN)}>
          Show more ({formatCount(rows.length - shown)} hidden)
        </Button>
      )}
      {found?.count === 0 && <p class="quiet">Nothing has that in it.</p>}
    </div>
  );
}

function Row({
  row,
  onToggle,
  onPick,
  isFound,
}: {
  row: TreeRow;
  onToggle: (path: string) => void;
  onPick: ((path: string) => void) | undefined;
  isFound: boolean;
}) {
  const { path, name, depth, kind, text, isOpen } = row;
  const content = (
    <>
      {name !== undefined && <span class="json-name">{name}</span>}
      <span class={`json-value json-${kind}`}>{text}</span>
    </>
  );
  return (
    <li
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={isOpen}
      aria-selected={isFound}
      style={{ paddingLeft: `${depth * 1.1}rem` }}
    >
      {isOpen !== undefined && (
        <TreeToggle
          isOpen={isOpen}
          label={`${isOpen ? "Close" : "Open"} ${name ?? "all"}`}
          onToggle={() => onToggle(path)}
        />
      )}
      {onPick === undefined ? (
        <span class="json-line">{content}</span>
      ) : (
        <button type="button" class="json-line json-pick" title={path} onClick={() => onPick(path)}>
          {content}
        </button>
      )}
    </li>
  );
}
