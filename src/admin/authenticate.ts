// Who may use the admin API: whoever sends the token that the operator set as a Worker secret. No secret, no entry.

import { createMiddleware } from "hono/factory";
import { isSameText } from "../constant-time.ts";
import { readSecret, type Bindings } from "../env.ts";
import { ADMIN_TOKEN_NAME } from "../secret-names.ts";
import { problem } from "../problem.ts";

/** Lets a request through only with `Authorization: Bearer <SIGNALBOX_ADMIN_TOKEN>`. */
export function requireAdminToken() {
  return createMiddleware<{ Bindings: Bindings }>(async function checkAdminToken(c, next) {
    const token = readSecret(c.env, ADMIN_TOKEN_NAME);
    if (token === undefined) return problem(c, "admin_disabled");
    const given = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
    const challenge = { headers: { "www-authenticate": 'Bearer realm="signalbox"' } };
    if (given === undefined) return problem(c, "token_missing", challenge);
    if (!(await isSameText(given, token))) return problem(c, "token_invalid", challenge);
    await next();
    // Answers may carry payloads; they are for the caller only.
    c.header("cache-control", "no-store");
    return undefined;
  });
}
