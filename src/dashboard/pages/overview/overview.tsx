// How it goes: what came in, what became of it, and what needs a hand.

import { Page } from "../../components/page.tsx";

/** The page at `/`. */
export function Overview() {
  return <Page title="Overview">…</Page>;
}
