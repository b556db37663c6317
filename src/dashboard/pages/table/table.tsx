// The routing table: as a picture, as forms, its versions, and trials before it is published.

import { Page } from "../../components/page.tsx";

/** The page at `/table`. */
export function TablePage() {
  return <Page title="Routes and targets">…</Page>;
}
