// The move from v2018-08-01 to v2024-01-01 as a checklist.

import { Page } from "../../components/page.tsx";

/** The page at `/migration`. */
export function Migration() {
  return <Page title="Migration">…</Page>;
}
