// What somebody should look at.

import { Page } from "../../components/page.tsx";

/** The page at `/incidents`. */
export function Incidents() {
  return <Page title="Incidents">…</Page>;
}
