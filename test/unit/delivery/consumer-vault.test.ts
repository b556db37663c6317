// Deliveries whose secrets are in the vault: they go out like any other, wait while a secret cannot be had, and send it
// nowhere but where it was set for.

import { env as simulator } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { putSecret } from "../../../src/vault/vault.ts";
import { createBindings, brokenD1, downD1, type TestBindings } from "../faults.ts";
import { lateEntries, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, offerAgain, SENT_AT, type TestMessage } from "../messages.ts";
import { createDelivery } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { masterKeys } from "../vault/keys.ts";
import { consume } from "./consume.ts";
import { mockTarget } from "./target.ts";

beforeEach(startOver);

const VALUE = "vault-secret/+4c1e77a0";
const CRM = "https://crm.example.com";
const LOGIN = "https://login.example.com";
const AUTH = { type: "bearer", secret: "CRM_KEY" } as const;

/** An isolate of its own with one master key. */
function isolate(overrides: object = {}): TestBindings {
  return createBindings({ SIGNALBOX_MASTER_KEYS: masterKeys("a"), ...overrides });
}

async function put(hosts: readonly string[] | null = [CRM], name = "CRM_KEY", value = VALUE): Promise<void> {
  expect(await putSecret(isolate(), { name, value, hosts }, SENT_AT)).toMatchObject({ ok: true });
}

function messageTo(overrides: Partial<DeliverMessage> = {}): TestMessage {
  return createMessage(createDelivery({ auth: AUTH, ...overrides }));
}

/** The state, reason and attempts of the one delivery there is. */
async function standing() {
  const [row] = await rowsOf("deliveries");
  const attempts = JSON.parse(row?.["attempts"] as string) as { detail?: string; excerpt?: string }[]; // our own column
  return { state: row?.["state"], reason: row?.["reason"], made: row?.["attempts_made"], attempts };
}

describe("a delivery with a secret of the vault", () => {
  it("goes out with it, and D1 is asked once for the whole batch and the next", async () => {
    const calls = mockTarget(200);
    await put();
    const env = isolate();
    const messages = Array.from({ length: 20 }, () => messageTo());
    expect(await consume(env, messages)).toEqual(messages.map(() => ["ack"]));
    await consume(env, [messageTo()]);
    expect(calls).toHaveLength(21);
    expect(new Set(calls.map(({ headers }) => headers["authorization"]))).toEqual(new Set([`Bearer ${VALUE}`]));
    expect(env.LEDGER.queries.flat().filter((sql) => sql.includes("vault_secrets"))).toHaveLength(1);
  });

  it("takes the Worker's own of the same name, without asking D1", async () => {
    const calls = mockTarget(200);
    await put();
    const env = isolate({ CRM_KEY: "of-the-worker" });
    await consume(env, [messageTo()]);
    expect(calls[0]?.headers["authorization"]).toBe("Bearer of-the-worker");
    expect(env.LEDGER.queries.flat().filter((sql) => sql.includes("vault_secrets"))).toEqual([]);
  });

  it("keeps no form of it, whatever the target answers", async () => {
    const forms = [VALUE, btoa(VALUE), encodeURIComponent(VALUE), JSON.stringify(VALUE)];
    const logs = (["log", "warn", "error"] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => {}),
    );
    mockTarget(() => new Response(forms.join(" | "), { status: 422, headers: { "x-echo": VALUE } }));
    await put();
    await consume(isolate(), [messageTo()]);
    expect((await standing()).attempts[0]?.excerpt).toMatch(/^\[secret\] \| \[secret\] \| /);
    const kept = JSON.stringify(await dump());
    for (const form of [VALUE, btoa(VALUE), encodeURIComponent(VALUE)]) expect(kept).not.toContain(form);
    expect(JSON.stringify(logs.map((spy) => spy.mock.calls))).not.toContain(VALUE);
  });
});

/** Every row of every table. */
async function dump(): Promise<unknown[]> {
  const { results } = await simulator.LEDGER.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
  ).all<{ name: string }>();
  const rows = await Promise.all(
    results.map(async ({ name }) => simulator.LEDGER.prepare(`SELECT * FROM ${name}`).all()),
  );
  return rows.flatMap((table) => table.results);
}

describe("a secret that cannot be had", () => {
  it.each([
    ["is nowhere", {}, "secret_missing", "the secret CRM_KEY is not set", false],
    [
      "has lost its master key",
      { SIGNALBOX_MASTER_KEYS: masterKeys("b") },
      "secret_unreadable",
      "the secret CRM_KEY cannot be opened: the master key a that sealed it is not there; bring the key back, or set it again",
      true,
    ],
    [
      "is in a vault without any master key",
      { SIGNALBOX_MASTER_KEYS: "" },
      "secret_unreadable",
      "the secret CRM_KEY cannot be opened: the Worker secret SIGNALBOX_MASTER_KEYS is not set; bring the key back, or set it again",
      true,
    ],
  ])("because it %s costs no attempt, and the delivery goes out later", async (_name, keys, reason, detail, isPut) => {
    const calls = mockTarget(200);
    if (isPut) await put();
    const message = messageTo();
    expect(await consume(isolate(keys), [message])).toEqual([[{ delaySeconds: 300 }]]);
    expect(await standing()).toMatchObject({ state: "held", reason, made: 0, attempts: [{ detail }] });
    expect(calls).toEqual([]);
    await put();
    expect(await consume(isolate(), [offerAgain(message)])).toEqual([["ack"]]);
    expect(await standing()).toMatchObject({ state: "delivered", made: 1 });
    expect(calls).toHaveLength(1);
  });

  it("because D1 is down costs no attempt, and the delivery goes out when D1 is back", async () => {
    const calls = mockTarget(200);
    await put();
    const message = messageTo();
    const down = isolate({ LEDGER: downD1() });
    expect(await consume(down, [message])).toEqual([[{ delaySeconds: 30 }]]);
    expect(calls).toEqual([]);
    expect(await lateEntries(down.LATE)).toMatchObject([
      { kind: "outcome", outcome: { state: "held", reason: "vault_unavailable", attemptsMade: 0 } },
    ]);
    await consumeLate(createBatch(down.LATE.messages.map((body) => createMessage(body))), createBindings());
    expect(await consume(isolate(), [offerAgain(message)])).toEqual([["ack"]]);
    expect(await standing()).toMatchObject({ state: "delivered", made: 1 });
    expect(calls).toHaveLength(1);
  });

  it("does not hold up a neighbour in the batch that needs none", async () => {
    mockTarget(200);
    await put();
    const vaultDown = brokenD1({ when: (sql) => sql.includes("vault_secrets") });
    const fates = await consume(isolate({ LEDGER: vaultDown }), [messageTo(), messageTo({ auth: { type: "none" } })]);
    expect(fates).toEqual([[{ delaySeconds: 30 }], ["ack"]]);
  });

  it("because it is reserved is not looked for in the vault", async () => {
    const env = isolate();
    await put([CRM], "SIGNALBOX_OTHER"); // past the admin API, which would refuse it
    mockTarget(200);
    await consume(env, [messageTo({ auth: { type: "bearer", secret: "SIGNALBOX_OTHER" } })]);
    expect(await standing()).toMatchObject({ state: "held", reason: "secret_missing" });
  });
});

describe("a secret that was set for another host", () => {
  const to = (url: string) => createDelivery({ auth: AUTH }, { url: [url] });

  it.each([
    ["the host", "https://crm.example.net/events"],
    ["the port", "https://crm.example.com:8443/events"],
    ["the scheme", "http://crm.example.com/events"],
  ])("is not sent when %s is another; set again, it is", async (_name, url) => {
    const calls = mockTarget(200);
    await put();
    const local = { SIGNALBOX_LOCAL_TARGETS: "allow" };
    const message = createMessage(to(url));
    expect(await consume(isolate(local), [message])).toEqual([[{ delaySeconds: 300 }]]);
    const { origin } = new URL(url);
    const detail = `the secret CRM_KEY was not set for ${origin}; set it again`;
    expect(await standing()).toMatchObject({
      state: "held",
      reason: "secret_host_changed",
      made: 0,
      attempts: [{ detail }],
    });
    expect(calls).toEqual([]);
    await put([origin]);
    expect(await consume(isolate(local), [offerAgain(message)])).toEqual([["ack"]]);
    expect(calls).toMatchObject([{ url, headers: { authorization: `Bearer ${VALUE}` } }]);
  });

  it("is not sent either when it stands in the body, a header, the query or the path", async () => {
    const calls = mockTarget(200);
    await put();
    const url = "https://elsewhere.example.net/";
    const part = { $secret: "CRM_KEY", as: "uri" } as const;
    const requests = [
      { url: [url], body: [part] },
      { url: [url], headers: [["x-key", [part]]] as [string, (typeof part)[]][] },
      { url: [`${url}?k=`, part] },
      { url: [url, { $secret: "CRM_KEY", as: "path" } as const] },
    ];
    const messages = requests.map((request) => createMessage(createDelivery({ auth: { type: "none" } }, request)));
    expect(await consume(isolate(), messages)).toEqual(messages.map(() => [{ delaySeconds: 300 }]));
    expect(new Set((await rowsOf("deliveries")).map((row) => row["reason"]))).toEqual(new Set(["secret_host_changed"]));
    expect(calls).toEqual([]);
  });

  it("is not sent to where a token comes from, nor a token of it to another target", async () => {
    const calls = mockTarget(() => Response.json({ access_token: "token-1", token_type: "Bearer" }));
    const auth = {
      type: "oauth2_client_credentials",
      tokenUrl: `${LOGIN}/token`,
      clientId: "CLIENT_ID",
      clientSecret: "CRM_KEY",
    } as const;
    for (const [hosts, fate] of [
      [[CRM], { delaySeconds: 300 }],
      [[LOGIN], { delaySeconds: 300 }],
      [[CRM, LOGIN], "ack"],
    ] as const) {
      await put(hosts);
      expect(await consume(isolate({ CLIENT_ID: "client" }), [messageTo({ auth })])).toEqual([[fate]]);
    }
    expect(calls.map(({ url }) => url)).toEqual([`${LOGIN}/token`, `${CRM}/events`]);
  });
});
