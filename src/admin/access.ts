// Who may do what through the admin API: the Worker secret SIGNALBOX_ADMIN_TOKEN may everything, everybody else what their
// scopes say. A call that this file does not name is refused, and without the secret so is every call.

import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { matchedRoutes } from "hono/route";
import { readSecret, type Bindings } from "../env.ts";
import type { Change } from "../ledger/audit-log.ts";
import type { Scope } from "../ledger/tokens.ts";
import { problem, PROBLEM_STATUS } from "../problem.ts";
import { ADMIN_TOKEN_NAME } from "../secret-names.ts";
import type { Caller } from "./caller.ts";
import { findForgery } from "./forgery.ts";
import { guesserOf, guessesOf } from "./guesses.ts";
import { readShown } from "./read-shown.ts";
import { isWrong, recognise, type Unrecognised } from "./recognise.ts";
import { writeSessionCookie } from "./session-cookie.ts";

/** What a resource that looks at its caller is made with. */
export interface AdminEnv {
  Bindings: Bindings;
  Variables: {
    caller: Caller;
    /** What the call has changed, for the audit log. */
    change?: Change;
  };
}

/**
 * The scopes that each call needs, all of them. `payload` goes with everything that shows what customers' events say, and
 * `config` with everything that can send a secret somewhere, which a routing table can.
 */
export const NEEDS: Readonly<Record<string, readonly Scope[]>> = {
  "GET /admin/table": ["read"],
  "PUT /admin/table": ["config"],
  "GET /admin/table/versions": ["read"],
  "GET /admin/table/versions/:version": ["read"],
  "GET /admin/table/diff": ["read"],
  "POST /admin/table/rollback": ["config"],
  "POST /admin/table/check": ["read"],
  // Whoever may choose conditions can ask what customers' events say, one yes or no at a time.
  "POST /admin/table/dry-run": ["config"],
  "GET /admin/quarantine": ["read"],
  "GET /admin/quarantine/:id": ["read"],
  "POST /admin/quarantine/:id/replay": ["replay"], // and payload, where a corrected one comes along
  "POST /admin/quarantine/:id/discard": ["replay"],
  "GET /admin/events": ["read"],
  "GET /admin/events/:type": ["read"],
  // Its requests go to targets like any other's, with an amount or a code that nobody was given.
  "POST /admin/events/:type/send": ["config"],
  "GET /admin/recipes": ["read"],
  "GET /admin/recipes/:id": ["read"],
  "GET /admin/inlets": ["read"],
  "GET /admin/inlets/:id": ["read"],
  "PUT /admin/inlets/:id": ["config"],
  "DELETE /admin/inlets/:id": ["config"],
  "GET /admin/targets": ["read"],
  "GET /admin/targets/:id": ["read"],
  "PUT /admin/targets/:id": ["config"],
  "DELETE /admin/targets/:id": ["config"],
  "GET /admin/routes": ["read"],
  "GET /admin/routes/:id": ["read"],
  "PUT /admin/routes/:id": ["config"],
  "DELETE /admin/routes/:id": ["config"],
  "GET /admin/sendouts": ["read"],
  "GET /admin/sendouts/:id": ["read"],
  "GET /admin/sendouts/:id/standing": ["read"],
  "GET /admin/deliveries": ["read"],
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
  "GET /admin/doctor": ["read"],
  "POST /admin/self-test": ["replay"],
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
  "POST /admin/incidents/:kind/:subject/acknowledge": ["replay"],
  "POST /admin/incidents/:kind/:subject/resolve": ["replay"],
  "GET /admin/alerts": ["read"],
  "POST /admin/alerts/test": ["config"],
  "POST /admin/preview": ["payload"],
  "POST /admin/preview/send": ["payload", "config"],
  "GET /admin/drift": ["read"],
  "GET /admin/migration": ["read"],
  "GET /admin/standing": ["read"],
  "GET /admin/statistics": ["read"],
  "GET /admin/flows": ["read"],
  "GET /admin/usage": ["read"],
  "GET /metrics": ["read"],
  "GET /admin/upstream": ["read"],
  "POST /admin/upstream/webhook": ["config"],
  "POST /admin/upstream/enable": ["config"],
  "POST /admin/upstream/look": ["config"],
  "GET /admin/upstream/gap": ["read"],
  "POST /admin/upstream/gap": ["read"],
  "GET /admin/health": ["read"],
  "GET /admin/audit": ["admin"],
  "POST /admin/session": [],
  "GET /admin/session": [],
  "DELETE /admin/session": [],
  "POST /admin/customers/delete": ["admin"],
  "GET /admin/customers/deletions": ["admin"],
  "GET /admin/customers/deletions/:id": ["admin"],
  "GET /admin/tokens": ["admin"],
  "POST /admin/tokens": ["admin"],
  "DELETE /admin/tokens/:id": ["admin"],
};

/** The call that opens a session. Whoever makes it shows something else than a session. */
const SIGN_IN = "POST /admin/session";

/** Lets a request through only when it shows who makes it, who may, and when no other site has made it. */
export function requireAccess() {
  return createMiddleware<AdminEnv>(async function checkAccess(c, next) {
    const isSignIn = callOf(c) === SIGN_IN;
    const caller = await identify(c, isSignIn);
    if (caller instanceof Response) return caller;
    const forgery = await findForgery(c.req.raw, caller.by, isSignIn);
    if (forgery !== undefined) return problem(c, forgery);
    const lacking = needsOf(c).filter((scope) => !allows(caller, scope));
    if (lacking.length > 0) {
      const detail = `The ${caller.role ?? "token"} lacks ${lacking.join(" and ")}, which this call needs.`;
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

const CHALLENGE = { "www-authenticate": 'Bearer realm="signalbox"' };

async function identify(c: Context<AdminEnv>, isSignIn: boolean): Promise<Caller | Response> {
  const root = readSecret(c.env, ADMIN_TOKEN_NAME);
  if (root === undefined) return problem(c, "admin_disabled");
  const shown = await readShown(c.req.raw, isSignIn);
  if (shown === undefined) return problem(c, "token_missing", { headers: CHALLENGE });
  const [guesses, guesser, now] = [
    guessesOf(c.env.INGEST),
    guesserOf(c.req.header("cf-connecting-ip") ?? ""),
    Date.now(),
  ];
  const waitMs = guesser === undefined ? 0 : guesses.waitMs(guesser, now);
  if (waitMs > 0) {
    return problem(c, "guesses_limited", { headers: { "retry-after": String(Math.ceil(waitMs / 1_000)) } });
  }
  const recognised = await recognise(shown, c.env, root, now);
  if (recognised.ok) return recognised.caller;
  if (guesser !== undefined && isWrong(recognised)) guesses.count(guesser, now);
  return turnAway(c, recognised);
}

/** How soon to try again when it cannot be said who somebody is, in seconds: keys are asked for again by then. */
const RETRY_AFTER_SECONDS = 5;

/** The answer to nobody. A browser forgets the cookie that is worth nothing. */
function turnAway(c: Context<AdminEnv>, { code, detail }: Unrecognised): Response {
  const forget = code === "session_invalid" ? { "set-cookie": writeSessionCookie("", 0) } : {};
  const challenge = PROBLEM_STATUS.get(code) === 401 ? CHALLENGE : {};
  const wait = code === "access_unavailable" ? { "retry-after": String(RETRY_AFTER_SECONDS) } : {};
  return problem(c, code, { headers: { ...challenge, ...forget, ...wait }, ...(detail !== undefined && { detail }) });
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
