// Parts of `signalbox deploy` that need no account: files of secrets, where values come from, and what wrangler prints.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { VERSION_HEADER } from "../../src/admin/version-header.ts";
import { compileTable } from "../../src/routing/compile.ts";
import { createAdmin } from "../../cli/client/admin.ts";
import { awaitRouter } from "../../cli/deploy/await-router.ts";
import { explain } from "../../cli/deploy/refusal.ts";
import { planSecrets, readSecretsFile, type SecretSources } from "../../cli/deploy/secret-values.ts";
import { urlAmong } from "../../cli/deploy/upload-worker.ts";
import { wantedSecrets } from "../../cli/deploy/wanted-secrets.ts";
import { spawnSignalbox } from "./shell.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-secrets-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("ends in a process of its own with what is wrong and what to do", async () => {
  const { code, out } = await spawnSignalbox(["deploy", "--config", "none.toml"], { folder });
  expect({ code, out }).toEqual({
    code: 2,
    out: "✗ files    There is no file none.toml.\n           → Look at wrangler.toml, or name another file with --config.\n",
  });
});

describe("readSecretsFile", () => {
  it.each([
    ["lines", "# ours\nCRM_TOKEN=abc\nEMPTY=\nQUOTED='a \"b\" c'\n", { CRM_TOKEN: "abc", QUOTED: 'a "b" c' }],
    ["JSON", '{"CRM_TOKEN": "abc", "EMPTY": ""}', { CRM_TOKEN: "abc" }],
    ["JSON in lines", `SIGNALBOX_MASTER_KEYS='{"active":"a"}'`, { SIGNALBOX_MASTER_KEYS: '{"active":"a"}' }],
  ])("reads %s, and leaves out what is empty", async (_, text, expected) => {
    const file = join(folder, "secrets");
    writeFileSync(file, text);
    expect(await readSecretsFile(file)).toEqual({ ok: true, value: expected });
  });

  it.each([
    ["broken JSON", '{"CRM_TOKEN": "abc'],
    ["JSON with other things than text", '{"CRM_TOKEN": {"value": "abc"}}'],
    ["nothing", "\n"],
    ["a name that is none", "crm.token=abc"],
  ])("refuses %s without quoting it", async (_, text) => {
    const file = join(folder, "secrets");
    writeFileSync(file, text);
    const read = await readSecretsFile(file);
    expect(read).toMatchObject({ ok: false, reason: "secrets_invalid" });
    expect(JSON.stringify(read)).not.toContain("abc");
  });

  it("names a file that is not there", async () => {
    expect(await readSecretsFile("no-such.env")).toMatchObject({ ok: false, detail: "There is no file no-such.env." });
  });
});

describe("planSecrets", () => {
  const ADMIN = { name: "SIGNALBOX_ADMIN_TOKEN", kind: "made" } as const;
  const SOURCES: SecretSources = {
    wanted: [ADMIN],
    present: new Set(),
    given: {},
    environment: {},
    keptToken: undefined,
    isTokenReplaced: false,
    mayMake: true,
    mayAsk: false,
  };

  it.each<[string, Partial<SecretSources>, string | undefined, string | undefined]>([
    [
      "a file before the environment",
      { given: { [ADMIN.name]: "of-file" }, environment: { [ADMIN.name]: "of-environment" } },
      "of-file",
      "of-file",
    ],
    [
      "the environment before the profile",
      { environment: { [ADMIN.name]: "of-environment" }, keptToken: "kept" },
      "of-environment",
      "of-environment",
    ],
    ["the profile before a new one", { keptToken: "kept" }, "kept", "kept"],
    ["nothing where the Worker has one", { present: new Set([ADMIN.name]), keptToken: "kept" }, undefined, "kept"],
    [
      "nothing, and knows none, where the Worker has one that nobody kept",
      { present: new Set([ADMIN.name]) },
      undefined,
      undefined,
    ],
    ["nothing where nothing may be made", { mayMake: false }, undefined, undefined],
  ])("sets %s", async (_, sources, set, token) => {
    const plan = await planSecrets({ ...SOURCES, ...sources });
    expect([plan.values[ADMIN.name], plan.token, plan.made]).toEqual([set, token, []]);
  });

  it("makes a token and keys, and calls the keys by the day", async () => {
    const wanted = wantedSecrets(undefined);
    const { values, made, missing } = await planSecrets({ ...SOURCES, wanted }, new Date("2026-11-29T12:00:00Z"));
    expect(made).toEqual(["SIGNALBOX_ADMIN_TOKEN", "SIGNALBOX_SEARCH_KEY", "SIGNALBOX_MASTER_KEYS"]);
    expect(values["SIGNALBOX_ADMIN_TOKEN"]).toMatch(/^[0-9a-f]{48}$/);
    expect(JSON.parse(values["SIGNALBOX_MASTER_KEYS"] ?? "")).toMatchObject({ active: "2026-11-29" });
    expect(missing).toEqual([{ name: "VOUCHERIFY_SECRET", kind: "inlet" }]);
  });

  it("leaves the secrets of targets to whoever has them, and never makes them", async () => {
    const compiled = compileTable({
      inlets: { shop: { auth: { secrets: ["SHOP_SECRET"] } } },
      targets: {
        crm: { request: { url: "https://crm.example.com/", body: {} }, auth: { type: "bearer", secret: "CRM_TOKEN" } },
      },
      routes: [{ id: "all", events: ["*"], to: ["crm"] }],
    });
    const wanted = wantedSecrets(compiled.ok ? compiled.value : undefined);
    expect(wanted.slice(3)).toEqual([
      { name: "SHOP_SECRET", kind: "inlet" },
      { name: "CRM_TOKEN", kind: "target" },
    ]);
    const { values, missing } = await planSecrets({ ...SOURCES, wanted, environment: { CRM_TOKEN: "of-environment" } });
    expect(values["CRM_TOKEN"]).toBe("of-environment");
    expect(missing).toEqual([{ name: "SHOP_SECRET", kind: "inlet" }]);
  });
});

describe("urlAmong", () => {
  it.each<[string[], string | undefined]>([
    [["https://signalbox.acme.workers.dev", "schedule: * * * * *"], "https://signalbox.acme.workers.dev"],
    [["hooks.example.com (custom domain)", "Producer for signalbox-ingest"], "https://hooks.example.com"],
    [["hooks.example.com (custom domain - zone name: example.com)"], "https://hooks.example.com"],
    [["example.com/hooks/* (zone name: example.com)"], undefined],
    [[], undefined],
  ])("finds among %j: %s", (targets, url) => {
    expect(urlAmong(targets)).toBe(url);
  });
});

describe("explain", () => {
  it("says neither the account nor an answer of the API as it stands", () => {
    const failed = {
      ok: false,
      code: undefined,
      message: `403 {"success":false,"errors":[{"code":10000}]}`,
      notes: ["Authentication error [code: 10000]"],
      logFile: undefined,
    } as const;
    expect(explain(failed)).toMatchObject({
      exitCode: 4,
      complaint: { detail: "Cloudflare answered 403. Authentication error [code: 10000]" },
    });
    const message = "A request to the Cloudflare API (/accounts/0123456789abcdef0123456789abcdef/queues) failed.";
    expect(explain({ ...failed, message, notes: [] })).toMatchObject({
      exitCode: 3,
      complaint: { reason: "wrangler_failed", detail: "A request to the Cloudflare API (/queues) failed." },
    });
  });
});

describe("awaitRouter", () => {
  const PAGE = new Response("<h1>There is nothing here yet</h1>", {
    status: 404,
    headers: { "content-type": "text/html" },
  });
  const WRONG = problem(401, "token_invalid");
  const ANSWER = Response.json({ version: 3, table: {} }, { headers: { [VERSION_HEADER]: "0.1.0" } });

  /** Waits for a router that gives these answers, one after the other. */
  async function ask(isTokenNew: boolean, ...answers: Response[]) {
    const fetched = vi.spyOn(globalThis, "fetch");
    for (const answer of answers) fetched.mockImplementationOnce(async () => answer.clone());
    const pauses: number[] = [];
    try {
      const admin = createAdmin("https://signalbox.example.com", "token");
      const told = await awaitRouter(admin, "https://signalbox.example.com", isTokenNew, async (ms) => pauses.push(ms));
      return { told: told.detail, pauses };
    } catch (error) {
      return { error, pauses };
    } finally {
      fetched.mockRestore();
    }
  }

  it("asks again while there is something else at the address, and seldom while the new token is not known there", async () => {
    expect(await ask(true, PAGE, PAGE, WRONG, ANSWER)).toEqual({
      told: "https://signalbox.example.com answers, with version 3 of the table",
      pauses: [1_000, 1_000, 5_000],
    });
  });

  it("does not wait for a token to become right that was there before", async () => {
    expect(await ask(false, WRONG)).toMatchObject({ error: { exitCode: 4 }, pauses: [] });
  });
});

function problem(status: number, code: string): Response {
  const body = { type: `https://signalbox.example/errors#${code}`, title: code, status, code, detail: code };
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json" } });
}
