// A JSON value as rows of a tree, and what of it fits a search. Paths are written as templates read them.

/** One line of the tree. */
export interface TreeRow {
  /** From the value on: `order.items[0].quantity`; empty for the whole. */
  path: string;
  /** The key; undefined for the whole. */
  name: string | undefined;
  depth: number;
  kind: "text" | "number" | "word" | "branch";
  /** The value as JSON, or what a closed branch holds. */
  text: string;
  /** Undefined where there is nothing to open. */
  isOpen: boolean | undefined;
}

/** What fits a search: the paths themselves, and those on the way to them. */
export interface Found {
  hits: ReadonlySet<string>;
  within: ReadonlySet<string>;
  count: number;
}

/** The rows of a value, those within closed branches left out; with a search only those on the way to what was found. */
export function flatten(value: unknown, isOpen: (path: string, depth: number) => boolean, found?: Found): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (one: unknown, path: string, name: string | undefined, depth: number) => {
    if (found !== undefined && path !== "" && !found.hits.has(path) && !found.within.has(path)) return;
    const children = childrenOf(one, path);
    const open = children === undefined ? undefined : isOpen(path, depth);
    rows.push({ path, name, depth, ...describe(one, children?.length), isOpen: open });
    if (open === true) for (const child of children ?? []) visit(child.value, child.path, child.name, depth + 1);
  };
  visit(value, "", undefined, 0);
  return rows;
}

/** The paths whose name or value has the text in it, whatever its capitals. */
export function findPaths(value: unknown, text: string): Found {
  const sought = text.toLowerCase();
  const hits = new Set<string>();
  const within = new Set<string>();
  const visit = (one: unknown, path: string, name: string): boolean => {
    const children = childrenOf(one, path);
    const isHit = name.toLowerCase().includes(sought) || (children === undefined && fits(one, sought));
    if (isHit && path !== "") hits.add(path);
    let isNear = isHit;
    for (const child of children ?? []) {
      if (!visit(child.value, child.path, child.name)) continue;
      within.add(path);
      isNear = true;
    }
    return isNear;
  };
  visit(value, "", "");
  return { hits, within, count: hits.size };
}

function fits(value: unknown, sought: string): boolean {
  return String(value).toLowerCase().includes(sought);
}

interface Child {
  path: string;
  name: string;
  value: unknown;
}

/** What a value holds; undefined where it holds nothing. */
function childrenOf(value: unknown, path: string): Child[] | undefined {
  if (Array.isArray(value)) {
    return value.map((one: unknown, index) => ({ path: `${path}[${index}]`, name: String(index), value: one }));
  }
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).map(([name, one]) => ({ path: joinPath(path, name), name, value: one }));
}

/** A name that is none of a path's stands in backticks, as in JSONata. */
function joinPath(path: string, name: string): string {
  const step = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `\`${name}\``;
  return path === "" ? step : `${path}.${step}`;
}

function describe(value: unknown, size: number | undefined): Pick<TreeRow, "kind" | "text"> {
  if (size !== undefined) return { kind: "branch", text: Array.isArray(value) ? `[ ${size} ]` : `{ ${size} }` };
  if (typeof value === "string") return { kind: "text", text: JSON.stringify(value) };
  return { kind: typeof value === "number" ? "number" : "word", text: String(value) };
}
