// What people are, who come by Cloudflare Access: a role is a set of scopes. docs/access.md has this table for people.

/** From the one that may least to the one that may most; each may what those before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];
