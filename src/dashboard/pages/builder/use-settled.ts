// What somebody types, once they have stopped for a moment.

import { useEffect, useState } from "preact/hooks";

/** A text as it was when it last stayed the same for so many milliseconds. */
export function useSettled(text: string, ms: number): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return settled;
}
