// Many deliveries once more: plans, runs, and what became of them.

import { Page } from "../../components/page.tsx";

/** The page at `/replays`. */
export function Replays() {
  return <Page title="Replays">…</Page>;
}
