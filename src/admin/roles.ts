// What people are, who come by Cloudflare Access: a role is a set of scopes. docs/access.md has this table for people.

import type { Scope } from "../ledger/tokens.ts";

/** From the one that may least to the one that may most; each may what those before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** The scopes of each role. A viewer sees no payloads. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ["read"],
  operator: ["read", "payload", "replay"],
  admin: ["admin"],
};

/**
 * The role of somebody who goes by these names; undefined where none of them has one. The first is their own and decides
 * alone where it has a role, so that one person of a group can be less than the group; of the others the highest counts.
 */
export function roleOf(names: readonly string[], roles: ReadonlyMap<string, Role>): Role | undefined {
  const [own = "", ...shared] = names;
  const held = new Set(shared.map((name) => roles.get(name)));
  return roles.get(own) ?? ROLES.findLast((role) => held.has(role));
}
