// What each scope allows, in words, and the sets of them that most people need. Pure.

import type { Scope } from "../../../ledger/tokens.ts";
import { DAY_MS } from "../../components/instants.ts";

/** What a scope allows. */
export const SCOPE_WORDS: Record<Scope, string> = {
  read: "See the table, sendouts, deliveries, holds, incidents and health, all without payloads",
  payload: "See what customers' events say, and preview them",
  replay: "Retry, release, cancel, pause, resume, discard and replay, and deal with incidents",
  config: "Publish the routing table, and change the webhook in Voucherify",
  secrets: "See which secrets are set, and set and remove those of the vault",
  admin: "Everything, tokens and the audit log among it",
};

/** Every scope, in the order in which they are shown. */
export const SCOPES = Object.keys(SCOPE_WORDS) as Scope[]; // its own keys

/** Sets of scopes with names, as roles have them. */
export const PRESETS: readonly { name: string; scopes: readonly Scope[] }[] = [
  { name: "Viewer", scopes: ["read"] },
  { name: "Operator", scopes: ["read", "replay"] },
  { name: "Engineer", scopes: ["read", "payload", "replay", "config"] },
  { name: "Everything", scopes: ["admin"] },
];

/** When a token ends, in days from now; null for never. */
export const LIFETIMES = [
  ["30", "In 30 days"],
  ["90", "In 90 days"],
  ["365", "In a year"],
  ["never", "Never"],
] as const;
export type Lifetime = (typeof LIFETIMES)[number][0];

/** The instant at which a token of that lifetime ends; undefined for never. */
export function endOf(lifetime: Lifetime, now: number): string | undefined {
  return lifetime === "never" ? undefined : new Date(now + Number(lifetime) * DAY_MS).toISOString();
}
