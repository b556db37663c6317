// From what a request shows to who has made it. Nothing here says what they may do.

import { isSameText } from "../constant-time.ts";
import type { Bindings } from "../env.ts";
import { findSession, type Session } from "../ledger/sessions.ts";
import { useToken, type Scope } from "../ledger/tokens.ts";
import type { Caller, Proof } from "./caller.ts";
import { actorNamedBy, verifyAssertion } from "./cloudflare-access/assertion.ts";
import { accessKeysOf } from "./cloudflare-access/keys.ts";
import { readAccessSettings, type AccessSettings } from "./cloudflare-access/settings.ts";
import type { Shown } from "./read-shown.ts";
import { ROLE_SCOPES, roleOf } from "./roles.ts";
import { csrfOf, hashSession } from "./session-cookie.ts";
import { hashToken } from "./token-hash.ts";

/** Who it is, or why nobody. */
export type Recognised = { ok: true; caller: Caller } | Unrecognised;

/** Why a caller is nobody. */
export interface Unrecognised {
  ok: false;
  code: ShownWrong | "token_missing" | "role_missing" | "access_unavailable" | "access_misconfigured";
  /** What the code does not say. */
  detail?: string;
}

/** What is shown is not right, as it is not when somebody guesses. */
type ShownWrong = "token_invalid" | "session_invalid" | "assertion_invalid";

/** Whether it is what guesses are told. */
export function isWrong({ code }: Unrecognised): boolean {
  return code === "token_invalid" || code === "session_invalid" || code === "assertion_invalid";
}

/** What the Worker secret `SIGNALBOX_ADMIN_TOKEN` is called where a token would be. */
export const ROOT_ACTOR = "secret";

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
      return recogniseSession(shown, env, root, now);
    case "assertion":
      return recogniseAssertion(shown.jwt, env, now);
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

async function recogniseSession(
  { value, assertion }: Shown & { kind: "session" },
  env: Bindings,
  root: string,
  now: number,
): Promise<Recognised> {
  const hashes = await Promise.all([hashSession(value), hashSession(value, root)]);
  const session = await findSession(env.LEDGER, hashes, now);
  if (session === undefined || isOfAnother(session, assertion)) return { ok: false, code: "session_invalid" };
  const holder = holderOf(session, env);
  if ("code" in holder) return holder;
  const by: Proof = { kind: "session", hash: session.hash, csrf: await csrfOf(value) };
  return known({ ...holder, endsAt: session.expiresAt, by });
}

/** Whether somebody else has signed in to Access since, in the same browser. */
function isOfAnother({ kind, actor }: Session, assertion: string | null): boolean {
  return kind === "access" && assertion !== null && actorNamedBy(assertion) !== actor;
}

/** Whose session it is, with what they may now. */
function holderOf({ kind, actor, names, tokenName, tokenScopes }: Session, env: Bindings): Holder | Unrecognised {
  switch (kind) {
    case "token":
      return { actor, name: tokenName, scopes: tokenScopes ?? [], role: null };
    case "secret":
      return ROOT;
    case "access": {
      const settings = readAccessSettings(env);
      if (!settings.ok) return misconfigured(settings.detail);
      if (settings.value === undefined) return { ok: false, code: "session_invalid" };
      return holderBy({ actor, names }, settings.value);
    }
  }
}

async function recogniseAssertion(jwt: string, env: Bindings, now: number): Promise<Recognised> {
  const settings = readAccessSettings(env);
  if (!settings.ok) return misconfigured(settings.detail);
  // Access may stand before a Worker that does not know of it.
  if (settings.value === undefined) return { ok: false, code: "token_missing" };
  const keys = accessKeysOf(env.INGEST, settings.value.issuer);
  const verified = await verifyAssertion(jwt, settings.value, keys, now);
  if (!verified.ok) return { ok: false, code: verified.reason };
  const { actor, names, mayBeBrowser, endsAt } = verified.value;
  const holder = holderBy({ actor, names }, settings.value);
  return "code" in holder ? holder : known({ ...holder, endsAt, by: { kind: "assertion", mayBeBrowser, names } });
}

/** What the table of roles says of somebody. */
function holderBy(
  { actor, names }: { actor: string; names: readonly string[] },
  { roles }: AccessSettings,
): Holder | Unrecognised {
  const role = roleOf(names, roles);
  if (role === undefined) return { ok: false, code: "role_missing" };
  return { actor, name: names[0] ?? null, scopes: ROLE_SCOPES[role], role };
}

function misconfigured(detail: string): Unrecognised {
  return { ok: false, code: "access_misconfigured", detail };
}

type Holder = Pick<Caller, "actor" | "name" | "scopes" | "role">;

const ALL: readonly Scope[] = ["admin"];
const ROOT: Holder = { actor: ROOT_ACTOR, name: null, scopes: ALL, role: null };

function known(caller: Caller): Recognised {
  return { ok: true, caller };
}
