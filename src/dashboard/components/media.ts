// Whether a media query holds, for what a style sheet cannot do alone.

import { useEffect, useState } from "preact/hooks";

/** Whether it holds; the component is rendered again when that changes. */
export function useMatch(query: string): boolean {
  const [isMatch, setMatch] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const look = () => setMatch(list.matches);
    look();
    list.addEventListener("change", look);
    return () => list.removeEventListener("change", look);
  }, [query]);
  return isMatch;
}
