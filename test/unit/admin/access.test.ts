// Who is let into the admin API beside the table of access-matrix.test.ts: what happens to those who guess, and while the
// Worker secret is not set or D1 does not answer.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hashToken } from "../../../src/admin/token-hash.ts";
import { ADMIN_TOKEN_NAME } from "../../../src/secret-names.ts";
import { createBindings, downD1, type TestBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";
import { bearer, call, openSession, ROOT, tokenWith, type Headers } from "./callers.ts";

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
});

afterEach(() => {
  vi.useRealTimers();
});

const NOTHING = "GET /admin/nothing";

describe("a caller", () => {
  it("may make a call that needs two scopes only with both, and is told which one is lacking", async () => {
    const named = "POST /admin/preview/send";
    const both = await tokenWith(["payload", "config"]);
    expect(await call(named, bearer(both))).toMatchObject({ json: { code: "body_not_json" } });
    const others = await tokenWith(["read", "payload", "replay", "secrets"]);
    expect(await call(named, bearer(others))).toMatchObject({
      status: 403,
      json: { detail: "The token lacks config, which this call needs." },
    });
  });

  it("is told that there is nothing where there is no such call, and no sooner than it is known", async () => {
    expect(await call(NOTHING, bearer(await tokenWith(["read"])))).toMatchObject({ status: 404 });
    expect(await call(NOTHING, bearer("sbx_unknown"))).toMatchObject({ status: 401 });
  });

  it("does not get in with the hash that the ledger has of a token or a session", async () => {
    const token = await tokenWith(["admin"]);
    expect(await call(NOTHING, bearer(await hashToken(token)))).toMatchObject({ status: 401 });
    const { hash = "" } = (await createBindings().LEDGER.prepare("SELECT hash FROM tokens").first<Headers>()) ?? {};
    expect(hash).toBe(await hashToken(token));
    expect(await call(NOTHING, { cookie: `__Host-signalbox=${hash}` })).toMatchObject({ status: 401 });
  });

  it("counts by a bearer token, whatever cookie comes along", async () => {
    const { cookie } = await openSession(bearer(ROOT));
    const viewer = bearer(await tokenWith(["read"]));
    expect(await call("GET /admin/tokens", { ...viewer, cookie })).toMatchObject({ status: 403 });
    expect(await call(NOTHING, { ...bearer("wrong"), cookie })).toMatchObject({ status: 401 });
  });

  it("of another site is not answered as CORS would have it", async () => {
    const headers = { origin: "https://evil.example", "access-control-request-method": "DELETE", cookie: "a=b" };
    for (const named of ["OPTIONS /admin/table", "OPTIONS /admin/session", "GET /admin/table"]) {
      const answer = await call(named, headers, { body: undefined });
      expect(answer.status).toBe(401);
      expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });
});

describe("whoever tries tokens", () => {
  const from = async (address: string, shown: Headers, env: TestBindings) =>
    call(NOTHING, { ...shown, ...(address !== "" && { "cf-connecting-ip": address }) }, { env });

  it("waits for the rest of a minute after twenty, and then even the right one is not looked at", async () => {
    const env = createBindings();
    for (let guess = 0; guess < 20; guess++) {
      expect((await from("192.0.2.1", bearer(`guess${guess}`), env)).status).toBe(401);
    }
    const reads = env.LEDGER.queries.length;
    vi.setSystemTime(SENT_AT + 59_500);
    const answer = await from("192.0.2.1", bearer(ROOT), env);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer).toMatchObject({ status: 429, json: { code: "guesses_limited" } });
    expect(env.LEDGER.queries.length).toBe(reads);
    vi.setSystemTime(SENT_AT + 60_000);
    expect((await from("192.0.2.1", bearer(ROOT), env)).status).toBe(404);
  });

  it("keeps nobody else out, and right tokens in between do not count", async () => {
    const env = createBindings();
    for (let guess = 0; guess < 40; guess++) {
      expect((await from("", bearer("guess"), env)).status).toBe(401);
      expect((await from("192.0.2.2", bearer(ROOT), env)).status).toBe(404);
      await from("192.0.2.1", bearer("guess"), env);
    }
    expect((await from("192.0.2.1", bearer(ROOT), env)).status).toBe(429);
    expect((await from("192.0.2.2", bearer(ROOT), env)).status).toBe(404);
  });

  it("is one guesser with tokens, cookies and when opening sessions, and with all addresses of an IPv6 network", async () => {
    const env = createBindings();
    for (let guess = 0; guess < 10; guess++) {
      const address = { "cf-connecting-ip": `2001:db8:1:2:${guess}::${guess}` };
      expect(await call(NOTHING, { ...address, cookie: `__Host-signalbox=${guess}` }, { env })).toMatchObject({
        json: { code: "session_invalid" },
      });
      const body = JSON.stringify({ token: `guess${guess}` });
      expect(await call("POST /admin/session", address, { env, body })).toMatchObject({
        json: { code: "token_invalid" },
      });
    }
    expect((await from("2001:db8:1:2::1", bearer(ROOT), env)).status).toBe(429);
    expect((await from("2001:db8:1:3::1", bearer(ROOT), env)).status).toBe(404);
  });
});

it("health warns of a Worker secret that somebody could guess from many addresses", async () => {
  const health = async (secret: string) =>
    call("GET /admin/health", bearer(secret), { env: createBindings({ [ADMIN_TOKEN_NAME]: secret }) });
  expect((await health("a".repeat(32))).json).toMatchObject({ warnings: [] });
  const warning = expect.stringContaining("SIGNALBOX_ADMIN_TOKEN has under 32 characters");
  expect((await health("a".repeat(31))).json).toMatchObject({ warnings: [warning] });
});

describe("everybody is refused", () => {
  it("while the Worker secret is not set", async () => {
    const session = await openSession(bearer(await tokenWith(["admin"])));
    const env = createBindings({ [ADMIN_TOKEN_NAME]: "" });
    for (const shown of [bearer(await tokenWith(["admin"])), bearer(ROOT), session.headers, {}])
      expect(await call("GET /admin/table", shown, { env })).toMatchObject({
        status: 503,
        json: { code: "admin_disabled" },
      });
  });

  it("while D1 does not say who they are, but for whoever has the Worker secret", async () => {
    const env = createBindings({ LEDGER: downD1() });
    const session = await openSession(bearer(ROOT));
    for (const shown of [bearer(await tokenWith(["admin"])), session.headers])
      expect(await call(NOTHING, shown, { env })).toMatchObject({ status: 503, json: { code: "ledger_unavailable" } });
    expect(await call(NOTHING, bearer(ROOT), { env })).toMatchObject({ status: 404 });
  });
});
