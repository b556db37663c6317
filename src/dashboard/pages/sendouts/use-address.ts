// What the address says of the list: what is looked for, and which sendout is open. Whatever is chosen is an address, so that
// reload, Back and a link show the same.

import { useMemo } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import { withField } from "../../components/list-filter.ts";
import { readFilter, writeFilter, type SendoutFilter } from "./filter.ts";
import type { Meaning } from "./recognise-text.ts";

const LIST = "/sendouts";

/** What is looked for and open, and how to go elsewhere. */
export function useAddress() {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const filter = useMemo(() => readFilter(search), [search]);
  const written = writeFilter(filter);
  const openId = path.startsWith(`${LIST}/`) ? path.slice(LIST.length + 1) : undefined;
  // Whoever reads the data of one sendout after the other goes on reading the data.
  const view = new URLSearchParams(search).get("view");
  const more = view === null ? "" : `${written === "" ? "?" : "&"}view=${encodeURIComponent(view)}`;
  const hrefOf = (id: string) => `${LIST}/${id}${written}${more}`;
  const setFilter = (next: SendoutFilter) => navigate(`${LIST}${writeFilter(next)}`);
  return {
    filter,
    /** The filter as the address has it. */
    written,
    openId,
    hrefOf,
    setFilter,
    // Reading one after the other is one step back, not as many as were read.
    open: (id: string) => navigate(hrefOf(id), { replace: openId !== undefined }),
    close: () => navigate(`${LIST}${written}`),
    /** Goes to what a pasted text is taken for. */
    follow: (meaning: Meaning) => {
      if (meaning.kind === "sendout") navigate(hrefOf(meaning.id));
      else if (meaning.kind === "replay") navigate(`/replays/${meaning.id}`);
      else setFilter(withField(filter, meaning.field, meaning.value));
    },
  };
}
