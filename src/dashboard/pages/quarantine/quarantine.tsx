// What is authentic and could not be read or routed.

import { Page } from "../../components/page.tsx";

/** The page at `/quarantine`. */
export function Quarantine() {
  return <Page title="Quarantine">…</Page>;
}
