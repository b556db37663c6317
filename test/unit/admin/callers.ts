// Calls of the admin API as callers of every kind make them.

import { createExecutionContext } from "cloudflare:test";
import { hashToken } from "../../../src/admin/token-hash.ts";
import { app } from "../app.ts";
import { insertToken, type Scope } from "../../../src/ledger/tokens.ts";
import { createBindings, SECRETS, workingD1, type TestBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";

/** Where the Worker is in these tests. */
export const ORIGIN = "https://signalbox.example.com";

export const ROOT: string = SECRETS.SIGNALBOX_ADMIN_TOKEN;

/** Every call there is that asks who makes it, as `METHOD /path`. */
export const CALLS = [
  ...new Set(
    app.routes
      .filter(({ method, path }) => method !== "ALL" && (path.startsWith("/admin/") || path === "/metrics"))
      .map(({ method, path }) => `${method} ${path}`),
  ),
];

/** What any call here may answer. */
export interface Answer {
  code?: string;
  detail?: string;
  csrf?: string;
  [key: string]: unknown;
}

export type Headers = Record<string, string>;

/** Makes a call. Names in its path are filled with what leads nowhere. */
export async function call(
  named: string,
  headers: Headers = {},
  { env = createBindings(), body = "{" }: { env?: TestBindings; body?: string | undefined } = {},
): Promise<{ status: number; json: Answer; headers: globalThis.Headers }> {
  const [method = "", path = ""] = named.split(" ");
  const request = new Request(`${ORIGIN}${path.replaceAll(/:\w+/g, "nothing")}`, {
    method,
    headers,
    ...(method !== "GET" && { body }),
  });
  const response = await app.fetch(request, env, createExecutionContext());
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, json: isJson ? (JSON.parse(text) as Answer) : {}, headers: response.headers };
}

/** The header of a bearer token. */
export function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}` };
}

/** Keeps a token with these scopes, unless it is there, and returns it. */
export async function tokenWith(scopes: readonly Scope[], expiresAt: number | null = null): Promise<string> {
  const name = `${scopes.join("-")}-${String(expiresAt)}`;
  const token = `sbx_${name}`;
  const row = { id: `tok_${name}`, name: `a test of ${name}`, scopes: [...scopes], createdAt: SENT_AT, expiresAt };
  await insertToken(workingD1(), row, await hashToken(token)).catch(() => undefined);
  return token;
}

/** A session as the browser has it that opened it. */
export interface OpenSession {
  cookie: string;
  csrf: string;
  /** What a page of ours sends with what changes something. */
  headers: Headers;
}

/** Opens a session with what a caller shows. */
export async function openSession(shown: Headers | { token: string }, env?: TestBindings): Promise<OpenSession> {
  const isBody = "token" in shown;
  const { status, json, headers } = await call("POST /admin/session", isBody ? {} : shown, {
    ...(env !== undefined && { env }),
    body: isBody ? JSON.stringify(shown) : "",
  });
  if (status !== 201) throw new Error(`no session: ${JSON.stringify(json)}`);
  const cookie = headers.get("set-cookie")?.split(";", 1)[0] ?? "";
  const csrf = json.csrf ?? "";
  return { cookie, csrf, headers: { cookie, "x-signalbox-csrf": csrf, origin: ORIGIN } };
}
