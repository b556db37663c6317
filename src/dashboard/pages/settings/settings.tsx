// Inlets, secrets, tokens, alerts, retention, cost, audit.

import { Page } from "../../components/page.tsx";

/** The page at `/settings`. */
export function SettingsPage() {
  return <Page title="Settings">…</Page>;
}
