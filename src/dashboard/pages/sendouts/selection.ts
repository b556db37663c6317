// Which sendouts are selected: some by id, or all that the filter finds, those included that are not loaded yet. Pure.

/** What is selected. */
export type Selected = ReadonlySet<string> | "all";

/** Nothing. */
export const NONE: Selected = new Set();

/** Whether a sendout is. */
export function isSelected(selected: Selected, id: string): boolean {
  return selected === "all" || selected.has(id);
}

/** The same with one of them the other way round. From "all", that one alone is left out of what is loaded. */
export function toggle(selected: Selected, id: string, loaded: readonly { id: string }[]): Selected {
  const next = new Set(selected === "all" ? loaded.map((one) => one.id) : selected);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** The same with everything selected from one row to another, whichever comes first. */
export function extend(selected: Selected, rows: readonly { id: string }[], from: number, to: number): Selected {
  if (selected === "all") return selected;
  const between = rows.slice(Math.max(Math.min(from, to), 0), Math.max(from, to) + 1);
  return new Set([...selected, ...between.map(({ id }) => id)]);
}
