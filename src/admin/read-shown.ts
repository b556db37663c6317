// What a request shows of who makes it. One thing counts, the first of these: a bearer token, the cookie of a session, an
// assertion of Cloudflare Access. When a session is opened the token may be in the body, and a cookie does not count: it may
// be of a session that has ended.

import * as v from "valibot";
import { readBody } from "../read-body.ts";
import { ASSERTION_HEADER } from "./cloudflare-access/assertion.ts";
import { readSessionCookie } from "./session-cookie.ts";

/** What somebody shows. */
export type Shown =
  | { kind: "token"; text: string }
  /** `assertion` comes along where Access stands before us. */
  | { kind: "session"; value: string; assertion: string | null }
  | { kind: "assertion"; jwt: string };

/** How long the body may be that opens a session, in bytes. Anybody may send one. */
const SIGN_IN_BYTES_MAX = 4_096;

/** The body that opens a session; without a token where the request shows one in its headers. */
export const SignInSchema = v.object({ token: v.optional(v.pipe(v.string(), v.description("A token."))) });

/** What a request shows; undefined where it shows nothing. */
export async function readShown(request: Request, isSignIn: boolean): Promise<Shown | undefined> {
  const { headers } = request;
  const token = bearerOf(headers) ?? (isSignIn ? await tokenOf(request) : undefined);
  if (token !== undefined) return { kind: "token", text: token };
  const value = isSignIn ? undefined : readSessionCookie(headers);
  const jwt = headers.get(ASSERTION_HEADER);
  if (value !== undefined) return { kind: "session", value, assertion: jwt };
  return jwt === null ? undefined : { kind: "assertion", jwt };
}

function bearerOf(headers: Headers): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "")?.[1];
}

/** The token in a body; undefined where it has none, or is not what opens a session. */
async function tokenOf(request: Request): Promise<string | undefined> {
  const bytes = await readBody(request, SIGN_IN_BYTES_MAX);
  const body = v.safeParse(v.pipe(v.string(), v.parseJson(), SignInSchema), new TextDecoder().decode(bytes));
  const token = body.success ? body.output.token?.trim() : undefined;
  return token === "" ? undefined : token;
}
