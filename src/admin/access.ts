// Who may do what through the admin API: the Worker secret SIGNALBOX_ADMIN_TOKEN may everything, every other token what
// its scopes say. A call that this file does not name is refused, and without the secret so is every call.

import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { matchedRoutes } from "hono/route";
import { isSameText } from "../constant-time.ts";
import { readSecret, type Bindings } from "../env.ts";
import type { Change } from "../ledger/audit-log.ts";
import { useToken, type Scope } from "../ledger/tokens.ts";
import { problem } from "../problem.ts";
import { ADMIN_TOKEN_NAME } from "../secret-names.ts";
import { guessesOf } from "./guesses.ts";

/** What a resource that looks at its caller is made with. */
export interface AdminEnv {
  Bindings: Bindings;
  Variables: {
    caller: Caller;
    /** What the call has changed, for the audit log. */
    change?: Change;
  };
}

/** Who calls. */
interface Caller {
  /** The token's id, or `secret` for the Worker secret. */
  actor: string;
  /** Whose token it is. */
  name: string | null;
  scopes: readonly Scope[];
}

/**
 * The scopes that each call needs, all of them. `payload` goes with everything that shows what customers' events say, and
 * `config` with everything that can send a secret somewhere, which a routing table can.
 */
export const NEEDS: Readonly<Record<string, readonly Scope[]>> = {
  "GET /admin/table": ["read"],
  "PUT /admin/table": ["config"],
  "GET /admin/sendouts": ["read"],
  "GET /admin/sendouts/:id": ["read"],
  "GET /admin/deliveries/:id": ["read"],
  "POST /admin/deliveries/:id/retry": ["replay"],
  "POST /admin/deliveries/:id/release": ["replay"],
  "POST /admin/deliveries/:id/cancel": ["replay"],
  "GET /admin/holds": ["read"],
  "POST /admin/targets/:id/pause": ["replay"],
  "POST /admin/targets/:id/resume": ["replay"],
  "POST /admin/targets/:id/discard": ["replay"],
  "POST /admin/routes/:id/pause": ["replay"],
  "POST /admin/routes/:id/resume": ["replay"],
  "POST /admin/routes/:id/discard": ["replay"],
  "POST /admin/sweep": ["replay"],
  "GET /admin/replays": ["read"],
  "GET /admin/replays/:id": ["read"],
  "POST /admin/replays": ["replay"],
  "POST /admin/replays/:id/run": ["replay"],
  "POST /admin/replays/:id/stop": ["replay"],
  "GET /admin/secrets": ["secrets"],
  "PUT /admin/secrets/:name": ["secrets"],
  "DELETE /admin/secrets/:name": ["secrets"],
  "POST /admin/secrets/rewrap": ["secrets"],
  "GET /admin/incidents": ["read"],
  "POST /admin/incidents/:kind/:subject/resolve": ["replay"],
  "POST /admin/preview": ["payload"],
  "POST /admin/preview/send": ["payload", "config"],
  "GET /admin/drift": ["read"],
  "GET /admin/migration": ["read"],
  "GET /admin/statistics": ["read"],
  "GET /admin/usage": ["read"],
  "GET /metrics": ["read"],
  "GET /admin/health": ["read"],
  "GET /admin/audit": ["admin"],
  "GET /admin/tokens": ["admin"],
  "POST /admin/tokens": ["admin"],
  "DELETE /admin/tokens/:id": ["admin"],
};

/** Lets a request through only with `Authorization: Bearer <token>` and the scopes that it needs. */
export function requireAccess() {
  return createMiddleware<AdminEnv>(async function checkAccess(c, next) {
    const caller = await identify(c);
    if (caller instanceof Response) return caller;
    const lacking = needsOf(c).filter((scope) => !allows(caller, scope));
    if (lacking.length > 0) {
      const detail = `The token lacks ${lacking.join(" and ")}, which this call needs.`;
      return problem(c, "scope_missing", { detail });
    }
    c.set("caller", caller);
    await next();
    // Answers may carry payloads; they are for the caller only.
    c.header("cache-control", "no-store");
    return undefined;
  });
}

/** Whether a caller has a scope. */
export function allows({ scopes }: Caller, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes("admin");
}

/** The SHA-256 by which a token is known. A token is random enough to need no salt. */
export async function hashToken(token: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token))).toHex();
}

const CHALLENGE = { headers: { "www-authenticate": 'Bearer realm="signalbox"' } };

async function identify(c: Context<AdminEnv>): Promise<Caller | Response> {
  const root = readSecret(c.env, ADMIN_TOKEN_NAME);
  if (root === undefined) return problem(c, "admin_disabled");
  const given = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (given === undefined) return problem(c, "token_missing", CHALLENGE);
  const [guesses, address, now] = [guessesOf(c.env.INGEST), c.req.header("cf-connecting-ip"), Date.now()];
  const waitMs = address === undefined ? 0 : guesses.waitMs(address, now);
  if (waitMs > 0) {
    return problem(c, "guesses_limited", { headers: { "retry-after": String(Math.ceil(waitMs / 1_000)) } });
  }
  // This one works while D1 is down, too.
  if (await isSameText(given, root)) return { actor: "secret", name: null, scopes: ["admin"] };
  const token = await useToken(c.env.LEDGER, await hashToken(given), now);
  if (token !== undefined) return { actor: token.id, name: token.name, scopes: token.scopes };
  if (address !== undefined) guesses.count(address, now);
  return problem(c, "token_invalid", CHALLENGE);
}

/** Method and path of the call as `NEEDS` has it; undefined where there is no such call. */
export function callOf(c: Context): string | undefined {
  const matched = matchedRoutes(c).findLast(({ method }) => method !== "ALL");
  return matched === undefined ? undefined : `${matched.method} ${matched.path}`;
}

/** What the call needs; nothing where there is no such call, which is answered as not found. */
function needsOf(c: Context): readonly Scope[] {
  const call = callOf(c);
  return call === undefined ? [] : (NEEDS[call] ?? ["admin"]);
}
