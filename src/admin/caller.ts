// Who calls the admin API, in whatever way they have shown it.

import type { Person } from "../ledger/person.ts";
import type { Scope } from "../ledger/tokens.ts";
import type { Role } from "./roles.ts";

/** Who calls. */
export interface Caller {
  /** The token's id, `secret` for the Worker secret, or whom Cloudflare Access vouches for: `access:<e-mail>`. */
  actor: string;
  /** Whose token it is; the e-mail of whom Cloudflare Access vouches for. */
  name: string | null;
  scopes: readonly Scope[];
  /** By which they have their scopes; null where a token says them one by one. */
  role: Role | null;
  /** When what they have shown ends, in milliseconds since 1970; null when it never does. */
  endsAt: number | null;
  /** How they have shown who they are. */
  by: Proof;
}

/** A caller as the ledger notes who has done something. */
export function personOf({ actor, name }: Caller): Person {
  return { id: actor, name };
}

/** How somebody has shown who they are. */
export type Proof =
  /** A bearer token, which no browser sends by itself. */
  | { kind: "token" }
  /** An assertion of Cloudflare Access, which browsers come by themselves. `names` is what roles go by. */
  | { kind: "assertion"; mayBeBrowser: boolean; names: readonly string[] }
  /** The cookie of a session. `csrf` is what its pages know and other sites do not. */
  | { kind: "session"; hash: string; csrf: string };
