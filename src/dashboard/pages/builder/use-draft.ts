// The draft that somebody works on, kept in this tab until it is published or thrown away: it is there after a reload, and
// closing the tab asks.

import { useEffect, useState } from "preact/hooks";
import { EMPTY_DRAFT, readDraft, type Draft } from "./draft.ts";

const KEY = "signalbox-builder";

/** The draft of a target that is edited, or of a new one, from where it is begun unless one is kept. */
export function useDraft(edited: string, begin: Draft | undefined) {
  const key = `${KEY}:${edited}`;
  const [changed, setChanged] = useState<Draft | undefined>(() => kept(key));
  const draft = changed ?? begin ?? EMPTY_DRAFT;
  const isChanged = changed !== undefined;
  useEffect(() => {
    if (changed !== undefined) sessionStorage.setItem(key, JSON.stringify(changed));
  }, [changed]);
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isChanged]);
  const forget = () => {
    sessionStorage.removeItem(key);
    setChanged(undefined);
  };
  const change = (part: Partial<Draft>) => setChanged((now) => ({ ...(now ?? begin ?? EMPTY_DRAFT), ...part }));
  return { draft, isChanged, change, replace: setChanged, forget };
}

function kept(key: string): Draft | undefined {
  const text = sessionStorage.getItem(key);
  return text === null ? undefined : readDraft(text);
}
