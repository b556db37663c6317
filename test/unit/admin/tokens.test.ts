// The life of a token: made once, shown once, used until it ends or is deleted. And what is not shown to one that may not see
// payloads.

import { createExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { TOKENS_MAX } from "../../../src/ledger/tokens.ts";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { mockTarget } from "../delivery/target.ts";
import { createBindings, SECRETS, workingD1 } from "../faults.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";

const HOUR_MS = 3_600_000;

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
});

afterEach(() => {
  vi.useRealTimers();
});

async function call(method: string, path: string, body?: object, token: string = SECRETS.SIGNALBOX_ADMIN_TOKEN) {
  const init = { method, headers: { authorization: `Bearer ${token}` } };
  const request = new Request(`https://signalbox.example.com/admin${path}`, {
    ...init,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const response = await app.fetch(request, createBindings(), createExecutionContext());
  return { status: response.status, json: await response.json<Record<string, unknown>>() };
}

async function make(body: object): Promise<{ id: string; token: string }> {
  const { status, json } = await call("POST", "/tokens", body);
  expect(status).toBe(201);
  return { id: String(json["id"]), token: String(json["token"]) };
}

async function listed(): Promise<unknown> {
  return (await call("GET", "/tokens")).json["tokens"];
}

describe("a token", () => {
  it("is shown when it is made and never again; D1 has its hash alone", async () => {
    const { id, token } = await make({ name: "Mira", scopes: ["replay", "read"], expiresAt: "2026-10-06T00:00:00Z" });
    expect(token).toMatch(/^sbx_[\w-]{43}$/);
    const shown = {
      id,
      name: "Mira",
      scopes: ["read", "replay"],
      createdAt: "2026-10-05T08:15:31.000Z",
      expiresAt: "2026-10-06T00:00:00.000Z",
      lastUsedAt: null,
    };
    expect(await listed()).toEqual([shown]);
    const { results } = await workingD1().prepare("SELECT * FROM tokens").all();
    expect(JSON.stringify(results)).not.toContain(token.slice(4));
  });

  it("is another one each time", async () => {
    const tokens = [await make({ name: "a", scopes: ["read"] }), await make({ name: "a", scopes: ["read"] })];
    expect(new Set(tokens.flatMap(({ id, token }) => [id, token])).size).toBe(4);
  });

  it("opens until the instant at which it ends", async () => {
    const { token } = await make({ name: "short", scopes: ["read"], expiresAt: "2026-10-05T08:16:00Z" });
    vi.setSystemTime(Date.UTC(2026, 9, 5, 8, 15, 59, 999));
    expect((await call("GET", "/table", undefined, token)).status).toBe(200);
    vi.setSystemTime(Date.UTC(2026, 9, 5, 8, 16));
    expect(await call("GET", "/table", undefined, token)).toMatchObject({
      status: 401,
      json: { code: "token_invalid" },
    });
  });

  it("opens no more once it is deleted, which can be done once", async () => {
    const { id, token } = await make({ name: "gone", scopes: ["read"] });
    expect(await call("DELETE", `/tokens/${id}`)).toEqual({ status: 200, json: { id, deleted: true } });
    expect((await call("GET", "/table", undefined, token)).status).toBe(401);
    expect((await call("DELETE", `/tokens/${id}`)).status).toBe(404);
  });

  it("has its last use noted once an hour", async () => {
    const { token } = await make({ name: "busy", scopes: ["read"] });
    for (const [afterMs, noted] of [
      [1_000, 1_000],
      [HOUR_MS, 1_000],
      [HOUR_MS + 1_000, HOUR_MS + 1_000],
    ] as const) {
      vi.setSystemTime(SENT_AT + afterMs);
      await call("GET", "/table", undefined, token);
      expect(await listed()).toMatchObject([{ lastUsedAt: new Date(SENT_AT + noted).toISOString() }]);
    }
  });

  it.each([
    [{}, "name"],
    [{ name: " ", scopes: ["read"] }, "name"],
    [{ name: "x".repeat(101), scopes: ["read"] }, "name"],
    [{ name: "a", scopes: [] }, "scopes"],
    [{ name: "a", scopes: ["everything"] }, "scopes.0"],
    [{ name: "a", scopes: ["read"], expiresAt: "tomorrow" }, "expiresAt"],
    [{ name: "a", scopes: ["read"], expiresAt: "2026-10-05T08:15:31Z" }, "expiresAt"],
    [{ name: "a", scopes: ["read"], token: "mine" }, "token"],
  ])("is not made of %j", async (body, path) => {
    const answer = await call("POST", "/tokens", body);
    expect(answer).toMatchObject({ status: 400, json: { code: "request_invalid" } });
    expect(answer.json["errors"]).toEqual(expect.arrayContaining([expect.objectContaining({ path })]));
    expect(await listed()).toEqual([]);
  });

  it("is not made when there are as many as there may be", async () => {
    const db = workingD1();
    await ensureMigrated(db);
    const rows = Array.from({ length: TOKENS_MAX }, (_, index) => [`tok_${index}`, `hash ${index}`]);
    await db
      .prepare(
        `INSERT INTO tokens (id, hash, name, scopes, created_at)
         SELECT value ->> 0, value ->> 1, 'a', '[]', 0 FROM json_each(?1)`,
      )
      .bind(JSON.stringify(rows))
      .run();
    expect(await call("POST", "/tokens", { name: "one more", scopes: ["read"] })).toMatchObject({
      status: 409,
      json: { code: "tokens_full" },
    });
  });
});

describe("without the scope payload", () => {
  it("a sendout is shown without what its event says, its requests, and what was answered", async () => {
    await publish(createTable(["crm"], { name: "{{ customer.name }}" }));
    mockTarget(
      () => new Response("thank you, Mira Halvorsen", { status: 422, headers: { "x-echo": "Mira Halvorsen" } }),
    );
    const env = createBindings();
    const arrival = await createIngestMessage();
    await consumeIngest(createBatch([createMessage(arrival)]), env, SENT_AT);
    const deliveries = env.DELIVER.messages.map((body) => createMessage(body));
    await consumeDeliver(createBatch(deliveries), env, { now: () => SENT_AT, random: () => 0.5, lane: "fast" });
    const { token: blind } = await make({ name: "operator", scopes: ["read", "replay"] });
    const { token: seeing } = await make({ name: "supporter", scopes: ["read", "payload"] });

    const whole = await call("GET", `/sendouts/${arrival.acceptedId}?reveal=true`, undefined, seeing);
    const [delivery] = whole.json["deliveries"] as { id: string }[];
    expect(JSON.stringify(whole.json)).toContain("thank you, ");
    expect(whole.json["payload"]).toMatchObject({ encoding: "utf-8" });

    const masked = await call("GET", `/sendouts/${arrival.acceptedId}`, undefined, blind);
    expect(masked.json).toMatchObject({
      id: whole.json["id"],
      payload: { encoding: "masked", content: null },
      deliveries: [
        { id: delivery?.id, state: "failed", request: null, attempts: [{ status: 422, excerpt: null, headers: null }] },
      ],
    });
    const alone = await call("GET", `/deliveries/${delivery?.id}`, undefined, blind);
    expect(alone.json).toEqual((masked.json["deliveries"] as object[])[0]);
    for (const { json } of [masked, alone]) expect(JSON.stringify(json)).not.toMatch(/thank you|Halvorsen|Echo/i);
  });
});
