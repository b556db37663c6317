// What is paused, and what waits because of it.

import { Page } from "../../components/page.tsx";

/** The page at `/holds`. */
export function Holds() {
  return <Page title="Holds">…</Page>;
}
