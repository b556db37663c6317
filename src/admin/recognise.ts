// From what a request shows to who has made it. Nothing here says what they may do.

import { isSameText } from "../constant-time.ts";
import type { Bindings } from "../env.ts";
import { findSession, type Session } from "../ledger/sessions.ts";
import { useToken, type Scope } from "../ledger/tokens.ts";
import type { Caller, Proof } from "./caller.ts";
import type { Shown } from "./read-shown.ts";
import { csrfOf, hashSession } from "./session-cookie.ts";
import { hashToken } from "./token-hash.ts";

/** Who it is, or why nobody. */
export type Recognised = { ok: true; caller: Caller } | Unrecognised;

/** Why a caller is nobody. */
export interface Unrecognised {
  ok: false;
  code: "token_invalid" | "session_invalid";
}

/** What the Worker secret `SIGNALBOX_ADMIN_TOKEN` is called where a token would be. */
const ROOT_ACTOR = "secret";

/**
 * Looks up who shows this.
 *
 * @param root the value of `SIGNALBOX_ADMIN_TOKEN`
 * @param now milliseconds since 1970
 * @throws whatever D1 throws, but for the Worker secret, which opens without it
 */
export async function recognise(shown: Shown, env: Bindings, root: string, now: number): Promise<Recognised> {
  switch (shown.kind) {
    case "token":
      return recogniseToken(shown.text, env, root, now);
    case "session":
      return recogniseSession(shown.value, env, root, now);
  }
}

async function recogniseToken(text: string, env: Bindings, root: string, now: number): Promise<Recognised> {
  const by: Proof = { kind: "token" };
  if (await isSameText(text, root)) return known({ ...ROOT, endsAt: null, by });
  const token = await useToken(env.LEDGER, await hashToken(text), now);
  if (token === undefined) return { ok: false, code: "token_invalid" };
  const { id, name, scopes, expiresAt } = token;
  return known({ actor: id, name, scopes, role: null, endsAt: expiresAt, by });
}

async function recogniseSession(value: string, env: Bindings, root: string, now: number): Promise<Recognised> {
  const hashes = await Promise.all([hashSession(value), hashSession(value, root)]);
  const session = await findSession(env.LEDGER, hashes, now);
  const holder = session === undefined ? undefined : holderOf(session);
  if (session === undefined || holder === undefined) return { ok: false, code: "session_invalid" };
  const by: Proof = { kind: "session", hash: session.hash, csrf: await csrfOf(value) };
  return known({ ...holder, endsAt: session.expiresAt, by });
}

/** Whose session it is, with what they may now. */
function holderOf({ kind, actor, tokenName, tokenScopes }: Session): Holder | undefined {
  switch (kind) {
    case "token":
      return { actor, name: tokenName, scopes: tokenScopes ?? [], role: null };
    case "secret":
      return ROOT;
    case "access":
      return undefined;
  }
}

type Holder = Pick<Caller, "actor" | "name" | "scopes" | "role">;

const ALL: readonly Scope[] = ["admin"];
const ROOT: Holder = { actor: ROOT_ACTOR, name: null, scopes: ALL, role: null };

function known(caller: Caller): Recognised {
  return { ok: true, caller };
}
