// Every sendout: found by filter, read beside the list, repaired there.

import { Page } from "../../components/page.tsx";

/** The page at `/sendouts`. */
export function Sendouts() {
  return <Page title="Sendouts">…</Page>;
}
