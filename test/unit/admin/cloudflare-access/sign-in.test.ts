// People who come by Cloudflare Access: their sessions, what the audit log has of them, and what happens when Access or the
// Worker's variables are not as they should be.

import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createBindings, downD1, type TestBindings } from "../../faults.ts";
import { SENT_AT } from "../../messages.ts";
import { startOver } from "../../start-over.ts";
import { bearer, call, openSession, ROOT, type Headers } from "../callers.ts";
import { ACCESS_VARIABLES, assertion, assertWith, createTeamKey, serveCerts, type TeamKey } from "./team.ts";

const HOUR_MS = 3_600_000;
let key: TeamKey;

beforeAll(async () => {
  key = await createTeamKey("first");
});

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
  serveCerts(() => [key]);
});

afterEach(() => {
  vi.useRealTimers();
});

const env = (changed: object = {}): TestBindings => createBindings({ ...ACCESS_VARIABLES, ...changed });
const withRoles = (roles: object) => env({ SIGNALBOX_ACCESS_ROLES: JSON.stringify(roles) });

async function person(email: string, claims: object = {}): Promise<Headers> {
  return { ...assertion(await assertWith(key, { claims: { email, ...claims } })), "x-signalbox-csrf": "1" };
}

async function whoAmI(shown: Headers, bindings = env()) {
  return call("GET /admin/session", shown, { env: bindings });
}

describe("somebody who comes by Access", () => {
  it("is who Access says, with the role that the table gives", async () => {
    expect(await whoAmI(await person("olga@example.com"))).toMatchObject({
      status: 200,
      json: {
        actor: { id: "access:olga@example.com", name: "olga@example.com" },
        by: "assertion",
        role: "operator",
        scopes: ["read", "payload", "replay"],
        csrf: null,
        expiresAt: new Date(SENT_AT + HOUR_MS).toISOString(),
      },
    });
  });

  it("is told which scope the role lacks", async () => {
    expect(await call("PUT /admin/table", await person("olga@example.com"), { env: env() })).toMatchObject({
      status: 403,
      json: { code: "scope_missing", detail: "The operator lacks config, which this call needs." },
    });
  });

  it("is in the audit log by e-mail, with and without a session; a service token by its client id", async () => {
    const shown = await person("ada@example.com");
    await call("POST /admin/sweep", shown, { env: env() });
    const { headers } = await openSession(shown, env());
    await call("POST /admin/sweep", headers, { env: env() });
    const token = assertion(await assertWith(key, { claims: { email: undefined, common_name: "5f0c.access" } }));
    await call("POST /admin/sweep", token, { env: env() });
    const { json } = await call("GET /admin/audit", bearer(ROOT));
    const ada = { id: "access:ada@example.com", name: "ada@example.com" };
    expect(json["entries"]).toMatchObject([
      { action: "POST /admin/sweep", actor: { id: "access:service:5f0c.access", name: "service:5f0c.access" } },
      { action: "POST /admin/sweep", actor: ada },
      { action: "POST /admin/session", actor: ada, status: 201 },
      { action: "POST /admin/sweep", actor: ada },
    ]);
  });

  it("needs no D1 to be known", async () => {
    const bindings = env({ LEDGER: downD1() });
    expect((await whoAmI(await person("ada@example.com"), bindings)).status).toBe(200);
  });

  it("is not known to a Worker that does not know of Access, but may show a token", async () => {
    const shown = await person("ada@example.com");
    expect(await call("GET /admin/session", shown)).toMatchObject({ status: 401, json: { code: "token_missing" } });
    expect((await call("GET /admin/session", { ...shown, ...bearer(ROOT) })).status).toBe(200);
  });
});

describe("a session of somebody who comes by Access", () => {
  it("ends with the assertion, and is not more than twelve hours", async () => {
    const short = await openSession(await person("vera@example.com"), env());
    const long = await openSession(await person("vera@example.com", { exp: SENT_AT / 1_000 + 24 * 3_600 }), env());
    vi.setSystemTime(SENT_AT + HOUR_MS);
    expect((await whoAmI({ cookie: short.cookie })).status).toBe(401);
    vi.setSystemTime(SENT_AT + 12 * HOUR_MS - 1);
    expect((await whoAmI({ cookie: long.cookie })).status).toBe(200);
    vi.setSystemTime(SENT_AT + 12 * HOUR_MS);
    expect((await whoAmI({ cookie: long.cookie })).status).toBe(401);
  });

  it("is what the table of roles says now, and keeps none of the groups that it does not name", async () => {
    const shown = await person("mira@example.com", { groups: ["Ops", "Choir"] });
    const { cookie } = await openSession(shown, withRoles({ "group:Ops": "operator" }));
    expect((await whoAmI({ cookie }, withRoles({ "group:Ops": "admin" }))).json).toMatchObject({ role: "admin" });
    expect(await whoAmI({ cookie }, withRoles({ "group:Choir": "admin" }))).toMatchObject({
      status: 403,
      json: { code: "role_missing" },
    });
    const row = await createBindings().LEDGER.prepare("SELECT names FROM sessions").first<{ names: string }>();
    expect(row?.names).toBe('["mira@example.com","group:Ops"]');
  });

  it("ends when Access is not used any more", async () => {
    const { cookie } = await openSession(await person("ada@example.com"), env());
    expect(await whoAmI({ cookie }, createBindings())).toMatchObject({ json: { code: "session_invalid" } });
    expect(await whoAmI({ cookie }, env({ SIGNALBOX_ACCESS_TEAM: "" }))).toMatchObject({
      status: 503,
      json: { code: "access_misconfigured" },
    });
  });

  it("ends when somebody else signs in to Access in the same browser; a token's session does not", async () => {
    const ada = await person("ada@example.com");
    const { cookie } = await openSession(ada, env());
    expect((await whoAmI({ ...ada, cookie })).status).toBe(200);
    const vera = await person("vera@example.com");
    expect(await whoAmI({ ...vera, cookie })).toMatchObject({ status: 401, json: { code: "session_invalid" } });
    expect((await whoAmI({ ...assertion("a.b.c"), cookie })).status).toBe(401);
    const root = await openSession(bearer(ROOT), env());
    expect((await whoAmI({ ...vera, cookie: root.cookie })).json).toMatchObject({ actor: { id: "secret" } });
  });

  it("needs no keys, once it is open", async () => {
    const { cookie } = await openSession(await person("ada@example.com"), env());
    serveCerts(() => new Response(null, { status: 500 }));
    expect((await whoAmI({ cookie })).status).toBe(200);
  });
});

describe("nobody gets in by Access, and whoever has a token still does", () => {
  it.each([
    ["SIGNALBOX_ACCESS_TEAM", "https://acme.example"],
    ["SIGNALBOX_ACCESS_AUDIENCE", ""],
    ["SIGNALBOX_ACCESS_ROLES", "{"],
  ])("while %s is %j; health says which it is", async (name, value) => {
    const bindings = env({ [name]: value });
    const answer = await whoAmI(await person("ada@example.com"), bindings);
    const detail = expect.stringContaining(name);
    expect(answer).toMatchObject({ status: 503, json: { code: "access_misconfigured", detail } });
    const health = await call("GET /admin/health", bearer(ROOT), { env: bindings });
    expect(health).toMatchObject({ status: 503, json: { checks: { access: { ok: false, detail } } } });
  });

  it("while the keys cannot be had; health says why", async () => {
    serveCerts(() => new Response(null, { status: 404 }));
    const bindings = env();
    const answer = await whoAmI(await person("ada@example.com"), bindings);
    expect(answer).toMatchObject({ status: 503, json: { code: "access_unavailable" } });
    expect(answer.headers.get("retry-after")).toBe("5");
    const { json } = await call("GET /admin/health", bearer(ROOT), { env: bindings });
    const detail = expect.stringContaining("https://acme.cloudflareaccess.com/cdn-cgi/access/certs answered 404");
    expect(json).toMatchObject({ checks: { access: { ok: false, detail } } });
  });

  it("from an address that has shown twenty wrong assertions within a minute", async () => {
    const bindings = env();
    const address = { "cf-connecting-ip": "192.0.2.1" };
    for (let guess = 0; guess < 20; guess++) await whoAmI({ ...assertion(`a.b.${guess}`), ...address }, bindings);
    expect((await whoAmI({ ...(await person("ada@example.com")), ...address }, bindings)).status).toBe(429);
    expect((await whoAmI(await person("ada@example.com"), bindings)).status).toBe(200);
  });

  it("but somebody without a role, or while the keys cannot be had, is not taken for a guesser", async () => {
    const [bindings, address] = [env(), { "cf-connecting-ip": "192.0.2.1" }];
    const nobody = { ...(await person("mallory@example.com")), ...address };
    for (let count = 0; count < 21; count++) expect((await whoAmI(nobody, bindings)).status).toBe(403);
  });
});
