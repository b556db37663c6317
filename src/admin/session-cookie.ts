// The cookie of a session: a random value that stands for a row of the ledger. `__Host-` has browsers take it only from this
// host itself, over TLS, for all its paths. https://www.rfc-editor.org/rfc/rfc6265#section-4.1 and
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-__host-prefix (read 2026-11-29)

import { parse, serialize } from "hono/utils/cookie";
import { hashToken } from "./token-hash.ts";

/** Its name. */
export const COOKIE_NAME = "__Host-signalbox";

/** The header that pages of ours send with what changes something, and that no page of another site can. */
export const CSRF_HEADER = "x-signalbox-csrf";

/** The value of a request's cookie; undefined where it has none. */
export function readSessionCookie(headers: Headers): string | undefined {
  return parse(headers.get("cookie") ?? "", COOKIE_NAME)[COOKIE_NAME];
}

/** The header that has a browser keep the value for some seconds; that forgets it, when they are 0. */
export function writeSessionCookie(value: string, maxAgeSeconds: number): string {
  return serialize(COOKIE_NAME, value, {
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "Strict",
    maxAge: maxAgeSeconds,
  });
}

/**
 * By what the ledger knows a session.
 *
 * @param root the Worker secret, where it opened the session: with another one the session is not found again. No other
 *   session's has it, so that nobody can try secrets against a row and a cookie of their own.
 */
export async function hashSession(value: string, root = ""): Promise<string> {
  return hashToken(`session ${value} ${root}`);
}

/** What pages send in `CSRF_HEADER`. They cannot read the cookie, and it does not follow from this. */
export async function csrfOf(value: string): Promise<string> {
  return hashToken(`csrf ${value}`);
}
