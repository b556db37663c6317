// Who may do what: every call of the admin API with every scope, and with tokens that are none. What is not allowed by name
// is refused.

import { createExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hashToken, NEEDS } from "../../../src/admin/access.ts";
import { app } from "../../../src/app.ts";
import { insertToken, SCOPES, type Scope } from "../../../src/ledger/tokens.ts";
import { ADMIN_TOKEN_NAME } from "../../../src/secret-names.ts";
import { createBindings, downD1, SECRETS, workingD1, type TestBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
});

afterEach(() => {
  vi.useRealTimers();
});

const ROOT = SECRETS.SIGNALBOX_ADMIN_TOKEN;

/** Every call there is, as `METHOD /path`. */
const CALLS = [
  ...new Set(
    app.routes
      .filter(({ method, path }) => method !== "ALL" && path.startsWith("/admin/"))
      .map(({ method, path }) => `${method} ${path}`),
  ),
];

/** Makes a call. Names in its path are filled with what leads nowhere. */
async function call(named: string, token: string | undefined, env: TestBindings = createBindings(), body = "{") {
  const [method = "", path = ""] = named.split(" ");
  const url = `https://signalbox.example.com${path.replaceAll(/:\w+/g, "nothing")}`;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await app.fetch(
    new Request(url, { method, headers, ...(method !== "GET" && { body }) }),
    env,
    createExecutionContext(),
  );
  return { status: response.status, json: await response.json<{ code?: string; detail?: string }>() };
}

/** Keeps a token with these scopes and returns it. */
async function tokenWith(scopes: readonly Scope[], expiresAt: number | null = null): Promise<string> {
  const token = `sbx_${scopes.join("-")}-${String(expiresAt)}`;
  const row = { id: `tok_${scopes.join("-")}`, name: "a test", scopes: [...scopes], createdAt: SENT_AT, expiresAt };
  expect(await insertToken(workingD1(), row, await hashToken(token))).toBe(true);
  return token;
}

it("every call has its scopes, and nothing else has", () => {
  expect(CALLS.length).toBeGreaterThan(30);
  // Of the calls outside the admin API only this one asks for a token; metrics.test.ts has it.
  expect(Object.keys(NEEDS).toSorted()).toEqual([...CALLS, "GET /metrics"].toSorted());
});

describe("a token with one scope", () => {
  it.each(SCOPES)("%s may make the calls that need no other, and is refused by all others", async (scope) => {
    const token = await tokenWith([scope]);
    const rows: string[] = [];
    for (const named of CALLS) {
      const needs = NEEDS[named] ?? [];
      const isAllowed = scope === "admin" || needs.every((one) => one === scope);
      const { status, json } = await call(named, token);
      rows.push(`${named} | ${scope} | ${status}`);
      expect([named, status === 403 ? json.code : "allowed"]).toEqual([named, isAllowed ? "allowed" : "scope_missing"]);
      expect(status).not.toBe(401);
      if (!isAllowed) expect(json.detail).toContain(needs.find((one) => one !== scope));
    }
    console.log(rows.join("\n"));
  });

  it("may make a call that needs two only with both", async () => {
    const named = "POST /admin/preview/send";
    expect(await call(named, await tokenWith(["payload", "config"]))).toMatchObject({
      json: { code: "body_not_json" },
    });
    expect(await call(named, await tokenWith(["read", "payload", "replay", "secrets"]))).toMatchObject({ status: 403 });
  });

  it("is told that there is nothing where there is no such call, and no sooner than it is known", async () => {
    expect(await call("GET /admin/nothing", await tokenWith(["read"]))).toMatchObject({ status: 404 });
    expect(await call("GET /admin/nothing", "sbx_unknown")).toMatchObject({ status: 401 });
  });

  it("of which this release knows no scope may nothing", async () => {
    const token = "sbx_of-tomorrow";
    const row = { id: "tok_1", name: "a test", scopes: ["everything" as Scope], createdAt: SENT_AT, expiresAt: null };
    await insertToken(workingD1(), row, await hashToken(token));
    for (const named of CALLS) expect([named, (await call(named, token)).status]).toEqual([named, 403]);
  });
});

describe("whoever tries tokens", () => {
  const from = (address: string | undefined, token: string, env: TestBindings) =>
    app.fetch(
      new Request("https://signalbox.example.com/admin/nothing", {
        headers: { authorization: `Bearer ${token}`, ...(address !== undefined && { "cf-connecting-ip": address }) },
      }),
      env,
      createExecutionContext(),
    );

  it("waits for the rest of a minute after twenty, and then even the right one is not looked at", async () => {
    const env = createBindings();
    for (let guess = 0; guess < 20; guess++) expect((await from("192.0.2.1", `guess${guess}`, env)).status).toBe(401);
    const reads = env.LEDGER.queries.length;
    vi.setSystemTime(SENT_AT + 59_500);
    const answer = await from("192.0.2.1", ROOT, env);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect([answer.status, await answer.json()]).toMatchObject([429, { code: "guesses_limited" }]);
    expect(env.LEDGER.queries.length).toBe(reads);
    vi.setSystemTime(SENT_AT + 60_000);
    expect((await from("192.0.2.1", ROOT, env)).status).toBe(404);
  });

  it("keeps nobody else out, and right tokens in between do not count", async () => {
    const env = createBindings();
    for (let guess = 0; guess < 40; guess++) {
      expect((await from(undefined, "guess", env)).status).toBe(401);
      expect((await from("192.0.2.2", ROOT, env)).status).toBe(404);
      await from("192.0.2.1", "guess", env);
    }
    expect((await from("192.0.2.1", ROOT, env)).status).toBe(429);
    expect((await from("192.0.2.2", ROOT, env)).status).toBe(404);
  });
});

describe("every call is refused", () => {
  it.each<[string, () => Promise<string | undefined>, string]>([
    ["without a token", async () => undefined, "token_missing"],
    ["with one that was never made", async () => "sbx_guessed", "token_invalid"],
    ["with the hash of one", async () => hashToken(await tokenWith(["admin"])), "token_invalid"],
    ["with one that ends now", async () => tokenWith(["admin"], SENT_AT), "token_invalid"],
    ["with the beginning of the secret", async () => ROOT.slice(0, -1), "token_invalid"],
  ])("%s", async (_name, make, code) => {
    const token = await make();
    for (const named of CALLS)
      expect([named, await call(named, token)]).toMatchObject([named, { status: 401, json: { code } }]);
  });

  it("while the Worker secret is not set, whoever asks", async () => {
    const token = await tokenWith(["admin"]);
    const env = createBindings({ [ADMIN_TOKEN_NAME]: "" });
    for (const one of [token, ROOT, undefined])
      expect(await call("GET /admin/table", one, env)).toMatchObject({ status: 503, json: { code: "admin_disabled" } });
  });

  it("while D1 does not say whether there is such a token, but for the Worker secret's", async () => {
    const token = await tokenWith(["admin"]);
    const env = createBindings({ LEDGER: downD1() });
    expect(await call("GET /admin/nothing", token, env)).toMatchObject({
      status: 503,
      json: { code: "ledger_unavailable" },
    });
    expect(await call("GET /admin/nothing", ROOT, env)).toMatchObject({ status: 404 });
  });
});
