// A translation built by pointing at fields, with the request it makes beside it.

import { Page } from "../../components/page.tsx";

/** The page at `/builder`. */
export function Builder() {
  return <Page title="Builder">…</Page>;
}
