// What somebody has turned from how it was at first, by name: branches of a tree.

import { useState } from "preact/hooks";

/** The names that are turned, and what turns one, or turns it back. */
export function useToggled(): readonly [toggled: ReadonlySet<string>, toggle: (name: string) => void] {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const toggle = (name: string) => {
    const next = new Set(toggled);
    if (!next.delete(name)) next.add(name);
    setToggled(next);
  };
  return [toggled, toggle];
}
