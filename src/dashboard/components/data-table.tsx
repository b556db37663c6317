// Rows of facts in columns. Where the columns have no room beside each other a row is a block: its first cell is the head,
// and each other one stands below it behind the title of its column.

/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role -- a browser forgets
   what is a table, a row and a cell when they are laid out as blocks: so it is said */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import "./data-table.css";

/** A column: its title, and what it shows of a row. What shows nothing (`null`) has no line in a block. */
export interface Column<Row> {
  title: string;
  /**
   * `long` is what may be long, and breaks anywhere rather than push the others away; `number` stands to the right;
   * `actions` needs no title for those who see it. What is none of these stays on one line.
   */
  kind?: "long" | "number" | "actions";
  cell: (row: Row) => ComponentChildren;
}

/** Up to so many columns that are not long fit on every screen. */
const FITTING_MAX = 3;

/** The table. Titles of columns differ, as keys of rows do. */
export function DataTable<Row>({
  rows,
  keyOf,
  columns,
}: {
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  columns: readonly Column<Row>[];
}) {
  const [head, ...others] = columns;
  const fits = columns.length <= FITTING_MAX && columns.every(({ kind }) => kind !== "long");
  return (
    <Place isFolding={!fits}>
      <table class="data-table" role="table">
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ title, kind }) => (
              <th key={title} scope="col" role="columnheader" class={classOf(kind)}>
                {kind === "actions" ? <span class="visually-hidden">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row">
              {head !== undefined && (
                <th scope="row" role="rowheader" class={classOf(head.kind)}>
                  {head.cell(row)}
                </th>
              )}
              {others.map((column) => (
                <Cell key={column.title} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Place>
  );
}

function Cell<Row>({ column: { title, kind, cell }, row }: { column: Column<Row>; row: Row }) {
  const shown = cell(row);
  const isNothing = shown === null || shown === undefined || shown === false || shown === "";
  return (
    <td role="cell" class={classOf(kind)} data-title={title}>
      {!isNothing && <div>{shown}</div>}
    </td>
  );
}

function classOf(kind: Column<never>["kind"]): string | undefined {
  return kind && `data-table-${kind}`;
}

/** Where a table stands. One that is still too wide scrolls in there, and can then be reached and scrolled by keyboard. */
function Place({ isFolding, children }: { isFolding: boolean; children: ComponentChildren }) {
  const place = useRef<HTMLDivElement>(null);
  const [isTooWide, setTooWide] = useState(false);
  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => setTooWide(current.scrollWidth > current.clientWidth));
    for (const element of [current, ...current.children]) observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} class={`data-table-place ${isFolding ? "is-folding" : ""}`} {...(isTooWide && { tabIndex: 0 })}>
      {children}
    </div>
  );
}
