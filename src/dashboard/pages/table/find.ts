// What is looked for in the picture. It stands in the URL, and goes along when a part is opened.

import { useLocation, useSearch } from "wouter-preact";

export interface Find {
  text: string;
  /** What links within the page end with. */
  suffix: string;
  set: (text: string) => void;
}

/** The text, and a way to change it that leaves no trail in the browser's history. */
export function useFind(): Find {
  const [path, navigate] = useLocation();
  const text = new URLSearchParams(useSearch()).get("find") ?? "";
  const suffixOf = (sought: string) => (sought === "" ? "" : `?${new URLSearchParams({ find: sought }).toString()}`);
  return { text, suffix: suffixOf(text), set: (sought) => navigate(`${path}${suffixOf(sought)}`, { replace: true }) };
}
