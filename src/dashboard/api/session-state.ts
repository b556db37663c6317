// Who is signed in, for every part of the dashboard that shows or allows something because of it.

import { signal } from "@preact/signals";
import type { Scope } from "../../ledger/tokens.ts";

/** What `GET /admin/session` says. */
export interface Session {
  actor: { id: string; name: string | null };
  by: "token" | "assertion" | "session";
  role: "viewer" | "operator" | "admin" | null;
  scopes: readonly Scope[];
  csrf: string | null;
  expiresAt: string | null;
}

/** Undefined until the router has said who this is; null where it is nobody. */
export const session = signal<Session | null | undefined>(undefined);

/** Whether whoever is signed in has every one of these scopes. */
export function may(...scopes: readonly Scope[]): boolean {
  const { scopes: own = [] } = session.value ?? {};
  return own.includes("admin") || scopes.every((scope) => own.includes(scope));
}

/** What a viewer is told beside an action that is not theirs. */
export function whyNot(...scopes: readonly Scope[]): string | undefined {
  return may(...scopes) ? undefined : `Needs ${scopes.join(" and ")}, which you do not have.`;
}
