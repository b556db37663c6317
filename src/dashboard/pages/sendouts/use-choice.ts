// Which row is active, at first the one that is open, and which are selected. Both go by ids: new rows come above.

import { useEffect, useMemo, useState } from "preact/hooks";
import { extend, NONE, toggle, type Selected } from "./selection.ts";
import type { SendoutLog } from "./sendout-log.ts";

/** What is chosen in a list. Another list begins with nothing selected. */
export function useChoice(log: SendoutLog, openId: string | undefined) {
  const [activeId, setActive] = useState(openId);
  const [selected, setSelected] = useState<Selected>(NONE);
  const [anchor, setAnchor] = useState(0);
  useEffect(() => setSelected(NONE), [log]);
  const { rows } = log.kept;
  const active = useMemo(() => rows.findIndex(({ id }) => id === activeId), [rows, log.version.value, activeId]);
  return {
    /** The index of the active row; -1 where there is none. */
    active,
    setActive,
    selected,
    selectAll: () => setSelected("all"),
    selectNone: () => setSelected(NONE),
    toggle: (index: number, isRange: boolean) => {
      const row = rows[index];
      if (row === undefined) return;
      setSelected(isRange ? extend(selected, rows, anchor, index) : toggle(selected, row.id, rows));
      setAnchor(index);
    },
  };
}
