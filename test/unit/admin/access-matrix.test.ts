// Every call of the admin API by callers of every kind, as one table: who may is let in, and everybody else is refused with
// the reason that fits. The calls are those the app has, so that a new one is in it by itself.

import { SignJWT, UnsecuredJWT, exportSPKI } from "jose";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { NEEDS } from "../../../src/admin/access.ts";
import { SCOPES, type Scope } from "../../../src/ledger/tokens.ts";
import { createBindings, workingD1, type TestBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";
import {
  ACCESS_VARIABLES,
  assertion,
  assertWith,
  claimsOf,
  createTeamKey,
  serveCerts,
  type Said,
  type TeamKey,
} from "./cloudflare-access/team.ts";
import { bearer, call, CALLS, openSession, ROOT, tokenWith, type Headers } from "./callers.ts";

let [key, otherKey]: TeamKey[] = [];

beforeAll(async () => {
  [key, otherKey] = await Promise.all([createTeamKey("first"), createTeamKey("other")]);
});

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
  serveCerts(() => (key === undefined ? [] : [key]));
});

afterEach(() => {
  vi.useRealTimers();
});

/** Callers of a kind. */
interface Kind {
  name: string;
  /** What one of them sends. */
  show(env: TestBindings): Promise<Headers> | Headers;
  /** What they may; or why every one of their calls is refused. */
  may: readonly Scope[] | string;
  /** Why only some of their calls are refused, which they otherwise may make. */
  refused?: (named: string) => string | undefined;
}

const session = async (env: TestBindings, shown: Headers = bearer(ROOT)) => openSession(shown, env);

/** A cookie opens no session. */
const noSignIn = (named: string) => (named === SIGN_IN ? "token_missing" : undefined);
const SIGN_IN = "POST /admin/session";
const changes = (named: string) => !named.startsWith("GET ");

const TOKENS: Kind[] = [
  { name: "the Worker secret", show: () => bearer(ROOT), may: ["admin"] },
  ...SCOPES.map((scope) => ({
    name: `a token for ${scope}`,
    show: async () => bearer(await tokenWith([scope])),
    may: [scope],
  })),
  { name: "a token for nothing this release knows", show: async () => bearer(await tokenWith([])), may: [] },
  { name: "nothing", show: () => ({}), may: "token_missing" },
  { name: "a token that was never made", show: () => bearer("sbx_guessed"), may: "token_invalid" },
  { name: "the beginning of the secret", show: () => bearer(ROOT.slice(0, -1)), may: "token_invalid" },
  {
    name: "a token that ends now",
    show: async () => bearer(await tokenWith(["admin"], SENT_AT)),
    may: "token_invalid",
  },
  {
    name: "a token that was deleted",
    show: async () => {
      const token = await tokenWith(["admin"], SENT_AT + 1);
      await workingD1().prepare("DELETE FROM tokens").run();
      return bearer(token);
    },
    may: "token_invalid",
  },
];

const SESSIONS: Kind[] = [
  ...SCOPES.map((scope) => ({
    name: `a session for ${scope}`,
    show: async (env: TestBindings) => (await session(env, bearer(await tokenWith([scope])))).headers,
    may: [scope],
    refused: noSignIn,
  })),
  {
    name: "a session whose cookie is made up",
    show: async (env) => ({ ...(await session(env)).headers, cookie: `__Host-signalbox=${"a".repeat(43)}` }),
    may: "session_invalid",
    refused: noSignIn,
  },
  {
    name: "a session under a name that a subdomain can set",
    show: async (env) => {
      const { headers, cookie } = await session(env);
      return { ...headers, cookie: cookie.replace("__Host-", "") };
    },
    may: "token_missing",
  },
  {
    name: "a session that has expired",
    show: async (env) => {
      vi.setSystemTime(SENT_AT - 12 * 60 * 60_000);
      const { headers } = await session(env);
      vi.setSystemTime(SENT_AT);
      return headers;
    },
    may: "session_invalid",
    refused: noSignIn,
  },
  {
    name: "a session that was signed out of",
    show: async (env) => {
      const { headers } = await session(env);
      await call("DELETE /admin/session", headers, { env });
      return headers;
    },
    may: "session_invalid",
    refused: noSignIn,
  },
  {
    name: "a session without x-signalbox-csrf",
    show: async (env) => ({ ...(await session(env)).headers, "x-signalbox-csrf": "" }),
    may: ["admin"],
    refused: (named) => noSignIn(named) ?? (changes(named) ? "csrf_invalid" : undefined),
  },
  {
    name: "a session with another's x-signalbox-csrf",
    show: async (env) => ({ ...(await session(env)).headers, "x-signalbox-csrf": (await session(env)).csrf }),
    may: ["admin"],
    refused: (named) => noSignIn(named) ?? (changes(named) ? "csrf_invalid" : undefined),
  },
  {
    name: "a session from nobody knows where",
    show: async (env) => {
      const { origin: _, ...headers } = (await session(env)).headers;
      return headers;
    },
    may: ["admin"],
    refused: (named) => noSignIn(named) ?? (changes(named) ? "origin_foreign" : undefined),
  },
  ...[
    { origin: "https://evil.example" },
    { origin: "https://pages.signalbox.example.com" },
    { origin: "http://signalbox.example.com" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "same-origin", origin: "https://evil.example" },
  ].map((sent) => ({
    name: `a session from ${Object.values(sent).join(" with ")}`,
    show: async (env: TestBindings) => {
      const { origin: _, ...headers } = (await session(env)).headers;
      return { ...headers, ...sent };
    },
    may: "origin_foreign",
    refused: noSignIn,
  })),
];

/** What arrives with whom Access vouches for, as a page of ours sends it. */
const asserted = async (said: Said = {}, from = key): Promise<Headers> => ({
  ...assertion(from === undefined ? "" : await assertWith(from, said)),
  "x-signalbox-csrf": "1",
  "sec-fetch-site": "same-origin",
});
const person = (email: string) => ({ claims: { email } });
const service = (name: string) => ({ claims: { email: undefined, common_name: name } });

const ROLES = [
  { role: "viewer", may: ["read"], said: person("vera@example.com") },
  { role: "operator", may: ["read", "payload", "replay"], said: person("olga@example.com") },
  { role: "admin", may: ["admin"], said: person("Ada@example.com") },
  { role: "operator of a service token", may: ["read", "payload", "replay"], said: service("5f0c.access") },
] as const;

const ACCESS: Kind[] = [
  ...ROLES.map(({ role, may, said }) => ({ name: `Access: ${role}`, show: async () => asserted(said), may })),
  {
    name: "Access: a service token, without what browsers send",
    show: async () => assertion((await asserted(service("5f0c.access")))["cf-access-jwt-assertion"] ?? ""),
    may: ["read", "payload", "replay"],
  },
  {
    name: "Access: admin, without x-signalbox-csrf",
    show: async () => ({ ...(await asserted()), "x-signalbox-csrf": "" }),
    may: ["admin"],
    refused: (named) => (changes(named) ? "csrf_invalid" : undefined),
  },
  {
    name: "Access: admin, from cross-site",
    show: async () => ({ ...(await asserted()), "sec-fetch-site": "cross-site" }),
    may: "origin_foreign",
  },
  {
    name: "Access: admin, in the cookie CF_Authorization alone",
    show: async () => ({ cookie: `CF_Authorization=${(await asserted())["cf-access-jwt-assertion"]}` }),
    may: "token_missing",
  },
  { name: "Access: no role", show: async () => asserted(person("mallory@example.com")), may: "role_missing" },
  { name: "Access: nobody", show: async () => asserted({ claims: { email: undefined } }), may: "assertion_invalid" },
  ...Object.entries<Said>({
    "another audience": { claims: { aud: ["b1".repeat(32)] } },
    "another issuer": { claims: { iss: "https://evil.cloudflareaccess.com" } },
    expired: { issuedAt: SENT_AT / 1_000 - 3_606 },
    "not yet good": { claims: { nbf: SENT_AT / 1_000 + 6 } },
    "no end": { claims: { exp: undefined } },
    "a key that nobody has": { header: { kid: "unknown" } },
    "no key named": { header: { kid: undefined } },
  }).map(([name, said]) => ({
    name: `Access: ${name}`,
    show: async () => asserted(said),
    may: "assertion_invalid",
  })),
  {
    name: "Access: another's key under a name of the team's",
    show: async () => asserted({ header: { kid: "first" } }, otherKey),
    may: "assertion_invalid",
  },
  {
    name: "Access: alg none",
    show: () => assertion(new UnsecuredJWT(claimsOf({})).encode()),
    may: "assertion_invalid",
  },
  {
    name: "Access: alg none, with the key named",
    show: () => {
      const [header, payload] = [{ alg: "none", kid: "first" }, claimsOf({})].map((part) => toBase64Url(part));
      return assertion(`${header}.${payload}.`);
    },
    may: "assertion_invalid",
  },
  {
    name: "Access: HS256 with the public key",
    show: async () => {
      if (key === undefined) throw new Error("the keys are made before every test");
      const secret = new TextEncoder().encode(await exportSPKI(key.publicKey));
      const jwt = new SignJWT(claimsOf({})).setProtectedHeader({ alg: "HS256", kid: "first" });
      return assertion(await jwt.sign(secret));
    },
    may: "assertion_invalid",
  },
  {
    name: "Access: changed after it was signed",
    show: async () => {
      const jwt = (await asserted(person("mallory@example.com")))["cf-access-jwt-assertion"] ?? "";
      const [header, , signature] = jwt.split(".");
      return assertion(`${header}.${toBase64Url(claimsOf({}))}.${signature}`);
    },
    may: "assertion_invalid",
  },
  { name: "Access: garbled", show: () => assertion("a.b.c"), may: "assertion_invalid" },
  { name: "Access: empty", show: () => assertion(""), may: "assertion_invalid" },
  ...ROLES.map(({ role, may, said }) => ({
    name: `a session of Access: ${role}`,
    show: async (env: TestBindings) => (await session(env, await asserted(said))).headers,
    may,
    refused: noSignIn,
  })),
];

function toBase64Url(part: unknown): string {
  return new TextEncoder().encode(JSON.stringify(part)).toBase64({ alphabet: "base64url", omitPadding: true });
}

const KINDS = [...TOKENS, ...SESSIONS, ...ACCESS];

/** What should become of a call: `ok`, or the code with which it is refused. */
function expected(named: string, { may, refused }: Kind): string {
  const refusal = refused?.(named);
  if (refusal !== undefined) return refusal;
  if (typeof may === "string") return may;
  const isAllowed = may.includes("admin") || (NEEDS[named] ?? ["admin"]).every((scope) => may.includes(scope));
  return isAllowed ? "ok" : "scope_missing";
}

const REFUSALS = new Set([401, 403]);

/** The call that ends a session is made last. */
const SIGN_OUT = "DELETE /admin/session";
const SIGN_OUT_LAST = [...CALLS.filter((named) => named !== SIGN_OUT), SIGN_OUT];

it("every call has its scopes, and nothing else has", () => {
  expect(CALLS.length).toBeGreaterThan(30);
  expect(Object.keys(NEEDS).toSorted()).toEqual(CALLS.toSorted());
});

const outcomes = new Map<string, string[]>();

/** Some eighty calls; on a busy machine they take a while. */
const TIMEOUT_MS = 60_000;

it.each(KINDS)(
  "$name opens what it should and nothing else",
  async (kind) => {
    const env = createBindings(ACCESS_VARIABLES);
    const headers = await kind.show(env);
    for (const named of SIGN_OUT_LAST) {
      const { status, json } = await call(named, headers, { env });
      const outcome = REFUSALS.has(status) ? json.code : "ok";
      expect([named, outcome]).toEqual([named, expected(named, kind)]);
      outcomes.set(named, [...(outcomes.get(named) ?? []), outcome ?? ""]);
    }
  },
  TIMEOUT_MS,
);

it("the table of it all is complete", () => {
  const marks = new Map([["ok", "●"]]);
  const mark = (outcome: string) => {
    const known = marks.get(outcome) ?? String.fromCodePoint(97 + marks.size - 1);
    marks.set(outcome, known);
    return known;
  };
  const rows = [...outcomes].map(([named, row]) => `${row.map((one) => mark(one)).join("  ")}  ${named}`);
  const legend = [...marks].map(([outcome, sign]) => `${sign} ${outcome}`).join("   ");
  console.log([legend, ...KINDS.map(({ name }, index) => `${index + 1} ${name}`), "", ...rows].join("\n"));
  expect([...outcomes.values()].map((row) => row.length)).toEqual(CALLS.map(() => KINDS.length));
});
