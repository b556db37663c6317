// The draft that somebody works on, kept in this tab until it is published or thrown away: it is there after a reload, and
// closing the tab asks.

import { useEffect, useState } from "preact/hooks";
import { EMPTY_DRAFT, readKept, type Draft, type Kept } from "./draft.ts";

const KEY = "signalbox-builder";

/** The draft of a target that is edited, or of a new one, from where it is begun unless one is kept. */
export function useDraft(edited: string, begin: Draft = EMPTY_DRAFT) {
  const key = `${KEY}:${edited}`;
  const [kept, setKept] = useState<Kept | undefined>(() => readKept(sessionStorage.getItem(key) ?? ""));
  const isChanged = kept !== undefined;
  useEffect(() => {
    if (kept !== undefined) sessionStorage.setItem(key, JSON.stringify(kept));
  }, [kept]);
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isChanged]);
  const beginning = JSON.stringify(begin);
  const put = (next: (now: Draft) => Draft) =>
    setKept((now) => ({ draft: next(now?.draft ?? begin), beganWith: now?.beganWith ?? beginning }));
  return {
    draft: kept?.draft ?? begin,
    isChanged,
    /** Whether it was begun with something else: another version of the target, or another link. */
    isOutdated: isChanged && kept.beganWith !== beginning,
    change: (part: Partial<Draft>) => put((now) => ({ ...now, ...part })),
    replace: (draft: Draft) => put(() => draft),
    /** Throws it away. */
    forget: () => {
      sessionStorage.removeItem(key);
      setKept(undefined);
    },
  };
}
