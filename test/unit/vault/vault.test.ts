// The vault against D1: what is put in comes out to the right hosts, and no change to a row goes unnoticed.

import { env as simulator } from "cloudflare:workers";
import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { readVaultRow, replaceVaultRows } from "../../../src/ledger/vault-secrets.ts";
import { createSecretReader, OPENED_MS, type Opened } from "../../../src/vault/open-secrets.ts";
import { bindSecrets, listSecrets, putSecret, removeSecret, rewrapSecrets } from "../../../src/vault/vault.ts";
import { brokenD1, createBindings, downD1, type TestBindings } from "../faults.ts";
import { masterKeys } from "./keys.ts";

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const NOW = Date.UTC(2026, 10, 24, 8);
const CRM = "https://crm.example.com";
const ELSEWHERE = "https://elsewhere.example.net";
const VALUE = "sk-live-4c1e77a0";

/** An isolate of its own with these master keys, the first one active. */
function isolate(keys: string | undefined = masterKeys("a"), overrides: object = {}): TestBindings {
  return createBindings({ ...(keys !== undefined && { SIGNALBOX_MASTER_KEYS: keys }), ...overrides });
}

async function put(env: TestBindings, name = "CRM_KEY", value = VALUE, hosts: readonly string[] | null = [CRM]) {
  const stored = await putSecret(env, { name, value, hosts }, NOW);
  if (!stored.ok) throw new Error(stored.detail);
  return stored.value;
}

/** Reads a secret in an invocation of its own. */
async function read(env: TestBindings, name = "CRM_KEY", origins = [CRM], now = NOW): Promise<Opened> {
  return createSecretReader(env, () => now)(name, origins);
}

/** Changes rows behind the vault's back. */
async function sql(statement: string): Promise<void> {
  await simulator.LEDGER.prepare(statement).run();
}

describe("a secret in the vault", () => {
  it("opens for the hosts it was set for, in this isolate and in another", async () => {
    const env = isolate();
    expect(await put(env)).toEqual({
      name: "CRM_KEY",
      keyId: "a",
      hosts: [CRM],
      lastFour: "77a0",
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      setAt: NOW,
    });
    for (const any of [env, isolate()]) expect(await read(any)).toEqual({ kind: "opened", value: VALUE });
  });

  it.each([
    ["another host", [ELSEWHERE], ELSEWHERE],
    ["another scheme", ["http://crm.example.com"], "http://crm.example.com"],
    ["another port", [`${CRM}:8443`], `${CRM}:8443`],
    ["a host below it", ["https://a.crm.example.com"], "https://a.crm.example.com"],
    ["its host and another", [CRM, ELSEWHERE], ELSEWHERE],
  ])("is not given out for %s, cached or not", async (_name, origins, host) => {
    const env = isolate();
    await put(env);
    expect(await read(env, "CRM_KEY", origins)).toEqual({ kind: "elsewhere", host });
    expect(await read(env)).toEqual({ kind: "opened", value: VALUE });
    expect(await read(env, "CRM_KEY", origins)).toEqual({ kind: "elsewhere", host });
  });

  it("is not there under another name", async () => {
    const env = isolate();
    await put(env);
    expect(await read(env, "MAIL_KEY")).toEqual({ kind: "missing" });
  });

  it("has its last four characters shown only when it is long enough and they can be", async () => {
    const env = isolate();
    await put(env, "SHORT", "elevenchars");
    await put(env, "LONG", "twelve-chars");
    await put(env, "PEM", "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n");
    const shown = (await listSecrets(env)).map(({ name, lastFour }) => [name, lastFour]);
    expect(shown).toEqual([
      ["LONG", "hars"],
      ["PEM", null],
      ["SHORT", null],
    ]);
  });

  it("replaces the one of before, and its fingerprint tells whether they are the same", async () => {
    const env = isolate();
    const [first, second, third] = [await put(env), await put(env), await put(env, "CRM_KEY", "another-value-9911")];
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(third.fingerprint).not.toBe(first.fingerprint);
    expect(await read(isolate())).toEqual({ kind: "opened", value: "another-value-9911" });
    expect(await listSecrets(env)).toHaveLength(1);
  });

  it("is gone once it is taken out, in this isolate at once", async () => {
    const env = isolate();
    await put(env);
    await read(env);
    expect(await removeSecret(env, "CRM_KEY")).toBe(true);
    expect(await read(env)).toEqual({ kind: "missing" });
    expect(await removeSecret(env, "CRM_KEY")).toBe(false);
  });

  it("stands in D1 in no readable form", async () => {
    await put(isolate());
    const { results } = await simulator.LEDGER.prepare("SELECT * FROM vault_secrets").all();
    const dump = JSON.stringify(results);
    for (const form of [VALUE, btoa(VALUE), VALUE.slice(0, 8)]) expect(dump).not.toContain(form);
  });
});

describe("a row that somebody else has changed", () => {
  it.each([
    ["hosts", `UPDATE vault_secrets SET hosts = '["${ELSEWHERE}"]' WHERE name = 'CRM_KEY'`],
    ["hosts, to none yet", "UPDATE vault_secrets SET hosts = NULL WHERE name = 'CRM_KEY'"],
    ["hosts, to nonsense", "UPDATE vault_secrets SET hosts = '{' WHERE name = 'CRM_KEY'"],
    ["version", "UPDATE vault_secrets SET version = 'x' WHERE name = 'CRM_KEY'"],
    ["key", "UPDATE vault_secrets SET key_id = 'b' WHERE name = 'CRM_KEY'"],
    ["envelope, to nonsense", "UPDATE vault_secrets SET envelope = 'x' WHERE name = 'CRM_KEY'"],
    ["envelope's form", "UPDATE vault_secrets SET envelope = json_set(envelope, '$.v', 2) WHERE name = 'CRM_KEY'"],
    [
      "envelope, to that of another secret",
      `UPDATE vault_secrets SET envelope = (SELECT envelope FROM vault_secrets WHERE name = 'MAIL_KEY')
       WHERE name = 'CRM_KEY'`,
    ],
    ["name", "UPDATE vault_secrets SET name = iif(name = 'CRM_KEY', 'X', 'CRM_KEY')"],
  ])("in its %s does not open for anything", async (_name, statement) => {
    const env = isolate(masterKeys("a", "b"));
    await put(env);
    await put(env, "MAIL_KEY", "mail-secret-0001");
    await sql(statement);
    for (const origins of [[CRM], [ELSEWHERE]]) {
      const opened = await read(isolate(masterKeys("a", "b")), "CRM_KEY", origins);
      expect(opened).toMatchObject({ kind: "unreadable" });
      expect(JSON.stringify(opened)).not.toContain(VALUE);
    }
  });
});

describe("an opened secret", () => {
  it("is used for a minute without another look at D1", async () => {
    const env = isolate();
    await put(env);
    await read(env);
    const before = env.LEDGER.queries.length;
    for (const seconds of [1, 30, 59]) await read(env, "CRM_KEY", [CRM], NOW + seconds * 1_000);
    expect(env.LEDGER.queries.length).toBe(before);
    await put(isolate(), "CRM_KEY", "another-value-9911"); // elsewhere
    expect(await read(env, "CRM_KEY", [CRM], NOW + OPENED_MS - 1)).toEqual({ kind: "opened", value: VALUE });
    expect(await read(env, "CRM_KEY", [CRM], NOW + OPENED_MS)).toMatchObject({ value: "another-value-9911" });
  });

  it("is looked at again before it is said to be for other hosts", async () => {
    const env = isolate();
    await put(env);
    await read(env);
    await put(isolate(), "CRM_KEY", VALUE, [ELSEWHERE]); // elsewhere
    expect(await read(env, "CRM_KEY", [ELSEWHERE])).toEqual({ kind: "opened", value: VALUE });
    expect(await read(env)).toEqual({ kind: "elsewhere", host: CRM });
  });

  it("is read once for all that need it in one invocation", async () => {
    await put(isolate());
    const env = isolate();
    const reader = createSecretReader(env, () => NOW);
    const opened = await Promise.all(Array.from({ length: 20 }, async () => reader("CRM_KEY", [CRM])));
    expect(new Set(opened.map(({ kind }) => kind))).toEqual(new Set(["opened"]));
    expect(env.LEDGER.queries.flat().filter((query) => query.includes("vault_secrets"))).toHaveLength(1);
  });

  it("goes on being used while D1 is down, for an hour, and only where it may go", async () => {
    let down = false;
    const env = isolate(undefined, {
      SIGNALBOX_MASTER_KEYS: masterKeys("a"),
      LEDGER: brokenD1({ when: () => down }),
    });
    await put(env);
    await read(env);
    down = true;
    const hour = 60 * 60_000;
    expect(await read(env, "CRM_KEY", [CRM], NOW + hour - 1)).toEqual({ kind: "opened", value: VALUE });
    expect(await read(env, "CRM_KEY", [ELSEWHERE])).toMatchObject({ kind: "unavailable" });
    expect(await read(env, "CRM_KEY", [CRM], NOW + hour)).toMatchObject({ kind: "unavailable" });
  });
});

describe("while it cannot be opened, a secret", () => {
  it("is unavailable where D1 does not answer", async () => {
    await put(isolate());
    expect(await read(isolate(undefined, { LEDGER: downD1() }))).toEqual({
      kind: "unavailable",
      detail: "D1_ERROR: Network connection lost.",
    });
  });

  it.each([
    ["there is no master key", undefined, "the Worker secret SIGNALBOX_MASTER_KEYS is not set"],
    ["its master key is not there", masterKeys("b"), "the master key a that sealed it is not there"],
    [
      "another key has the id of its own",
      JSON.stringify({ active: "a", keys: { a: JSON.parse(masterKeys("b")).keys.b } }),
      "it does not open with its master key a",
    ],
    [
      "the master keys are garbled",
      "a:b",
      'the Worker secret SIGNALBOX_MASTER_KEYS cannot be used: it is not of the form {"active": "<id>", "keys": {"<id>": "<base64>"}}',
    ],
  ])("is unreadable when %s", async (_name, keys, detail) => {
    await put(isolate());
    const env = keys === undefined ? createBindings() : isolate(keys);
    expect(await read(env)).toEqual({ kind: "unreadable", detail });
  });

  it("can be set again, with the key that is there", async () => {
    await put(isolate());
    const env = isolate(masterKeys("b"));
    expect(await put(env)).toMatchObject({ keyId: "b" });
    expect(await read(env)).toEqual({ kind: "opened", value: VALUE });
  });

  it("is not put in without a master key", async () => {
    const env = createBindings();
    expect(await putSecret(env, { name: "CRM_KEY", value: VALUE, hosts: null }, NOW)).toMatchObject({
      ok: false,
      reason: "master_keys_missing",
    });
    expect(await listSecrets(env)).toEqual([]);
  });
});

describe("a new master key", () => {
  it("takes over all secrets, and the old one can go", async () => {
    const old = isolate(masterKeys("a"));
    await put(old);
    await put(old, "MAIL_KEY", "mail-secret-0001", null);
    const both = isolate(masterKeys("b", "a"));
    const fresh = await put(both, "NEW_KEY", "mail-secret-0001");
    expect(await rewrapSecrets(both, "")).toEqual({
      ok: true,
      value: { active: "b", rewrapped: 2, unreadable: [] },
    });
    const only = isolate(masterKeys("b"));
    expect(await read(only)).toEqual({ kind: "opened", value: VALUE });
    const listed = await listSecrets(only);
    expect(listed).toMatchObject([
      { name: "CRM_KEY", keyId: "b", hosts: [CRM], lastFour: "77a0", setAt: NOW },
      { name: "MAIL_KEY", keyId: "b", hosts: null, lastFour: "0001", fingerprint: fresh.fingerprint },
      { name: "NEW_KEY", keyId: "b" },
    ]);
    expect(await rewrapSecrets(only, "")).toMatchObject({ value: { rewrapped: 0 } });
  });

  it("names the secrets that it cannot take over, and takes over the rest", async () => {
    await put(isolate(masterKeys("c")), "LOST");
    await put(isolate(masterKeys("a")), "KEPT");
    const env = isolate(masterKeys("b", "a"));
    expect(await rewrapSecrets(env, "")).toMatchObject({
      value: {
        rewrapped: 1,
        unreadable: [{ name: "LOST", keyId: "c", detail: "the master key c that sealed it is not there" }],
      },
    });
    expect((await listSecrets(env)).map(({ keyId }) => keyId)).toEqual(["b", "c"]);
  });

  it("takes over 25 at a time", async () => {
    const old = isolate(masterKeys("a"));
    for (let index = 0; index < 30; index++) await put(old, `KEY_${String(index).padStart(2, "0")}`);
    const env = isolate(masterKeys("b", "a"));
    expect(await rewrapSecrets(env, "")).toMatchObject({ value: { rewrapped: 25, next: "KEY_24" } });
    const rest = { active: "b", rewrapped: 5, unreadable: [] };
    expect(await rewrapSecrets(env, "KEY_24")).toEqual({ ok: true, value: rest });
  });

  it("leaves a secret alone that was set while it was at work", async () => {
    const env = isolate(masterKeys("a"));
    await put(env);
    const before = await readVaultRow(env.LEDGER, "CRM_KEY");
    if (before === undefined) throw new Error("it was not put in");
    await put(env, "CRM_KEY", "newer-value-123");
    const row = { ...before, version: "resealed" };
    expect(await replaceVaultRows(env.LEDGER, [{ before: before.version, row }])).toEqual([]);
    expect(await read(isolate())).toEqual({ kind: "opened", value: "newer-value-123" });
  });
});

describe("a secret that was put in before any table used it", () => {
  it("goes nowhere until it is bound, and then only there", async () => {
    const env = isolate();
    await put(env, "CRM_KEY", VALUE, null);
    expect(await read(env)).toEqual({ kind: "elsewhere", host: CRM });
    const hosts = new Map([
      ["CRM_KEY", [CRM]],
      ["NEVER_SET", [CRM]],
    ]);
    expect(await bindSecrets(env, hosts)).toMatchObject([{ name: "CRM_KEY", hosts: [CRM], setAt: NOW }]);
    expect(await read(env)).toEqual({ kind: "opened", value: VALUE });
    expect(await bindSecrets(env, new Map([["CRM_KEY", [ELSEWHERE]]]))).toEqual([]);
    expect(await read(isolate(), "CRM_KEY", [ELSEWHERE])).toEqual({ kind: "elsewhere", host: ELSEWHERE });
  });

  it("stays unbound where no master key opens it", async () => {
    await put(isolate(), "CRM_KEY", VALUE, null);
    for (const keys of [masterKeys("b"), "garbled"]) {
      expect(await bindSecrets(isolate(keys), new Map([["CRM_KEY", [CRM]]]))).toEqual([]);
    }
    expect(await listSecrets(isolate())).toMatchObject([{ hosts: null }]);
  });
});
