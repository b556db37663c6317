// `signalbox deploy` with the real wrangler against a stand-in for Cloudflare's API (test/cloudflare): from an empty account
// to a router that the doctor has nothing against, once more with nothing left to do, and on after every failure.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAccount, type WorkerState } from "../cloudflare/account.ts";
import type { Trouble } from "../cloudflare/cloudflare.ts";
import { DEPLOYS_TIMEOUT_MS, startDeploying, type Deploying } from "../cloudflare/deploying.ts";

let here: Deploying;

beforeEach(async () => {
  here = await startDeploying();
});

afterEach(async () => here.stop());

/** Everything that wrangler has written, its logs above all. */
function logs(): string {
  return readdirSync(join(here.folder, ".wrangler"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

const EVERYTHING = ["files", "account", "found", "worker", "profile", "secrets", "router", "table"];

describe("signalbox deploy", { timeout: DEPLOYS_TIMEOUT_MS }, () => {
  it("makes a router out of an empty account, and finds nothing left to do the second time", async () => {
    const first = await here.run("deploy");
    expect(first).toMatchObject({ code: 0, err: "" });
    const [steps = "", findings = "", next] = first.out.split("\n\n");
    expect(steps.split("\n").map((line) => line.split(/ +/).slice(0, 2).join(" "))).toEqual(
      EVERYTHING.map((name) => `✓ ${name}`),
    );
    expect(findings).toContain("✓ self-test   in by voucherify, routed, delivered and logged");
    expect(next).toBe("Nothing is broken.");
    expect(first.out).toContain("  https://signalbox.acme.workers.dev/in/voucherify\n");

    const { account } = here.cloudflare;
    expect(here.worker()).toMatchObject({
      crons: ["* * * * *"],
      isOnWorkersDev: true,
      classes: ["TargetGate", "Inbox"],
    });
    expect(
      [...account.queues.values()].map(({ queue_name, consumers: [one] }) => [queue_name, one?.dead_letter_queue]),
    ).toEqual([
      ["signalbox-ingest", "signalbox-dead"],
      ["signalbox-deliver", "signalbox-dead"],
      ["signalbox-slow", "signalbox-dead"],
      ["signalbox-late", "signalbox-dead"],
      ["signalbox-dead", undefined],
    ]);
    expect([...account.databases.keys()]).toEqual(["signalbox-ledger"]);
    expect([...here.worker().secrets.keys()].toSorted()).toEqual([
      "SIGNALBOX_ADMIN_TOKEN",
      "SIGNALBOX_MASTER_KEYS",
      "SIGNALBOX_SEARCH_KEY",
      "VOUCHERIFY_SECRET",
    ]);

    const token = here.worker().secrets.get("SIGNALBOX_ADMIN_TOKEN");
    expect(here.profiles()).toEqual({ signalbox: { url: "https://signalbox.acme.workers.dev", token } });
    expect(statSync(join(here.folder, "signalbox/profiles.json")).mode & 0o777).toBe(0o600);
    expect(logs()).toContain("secrets-bulk");
    for (const secret of here.worker().secrets.values()) expect(first.out + logs()).not.toContain(secret);

    const before = structuredClone(account);
    here.cloudflare.calls.length = 0;
    expect(await here.deploy("")).toMatchObject({
      code: 0,
      told: [
        "done files",
        "done account",
        "done found",
        "done worker",
        "unchanged profile",
        "unchanged secrets",
        "done router",
        "unchanged table",
      ],
    });
    expect(account).toEqual({ ...before, workers: new Map([["signalbox", { ...here.worker(), uploads: 2 }]]) });
    expect(here.cloudflare.calls.filter((call) => call.startsWith("POST"))).toEqual([
      "POST /workers/scripts/signalbox/assets-upload-session",
      "POST /workers/scripts/signalbox/subdomain",
    ]);
    expect(here.cloudflare.unknown).toEqual([]);
  });

  it("brings the pages along", async () => {
    expect(await here.deploy()).toMatchObject({ code: 0 });
    const { assets } = here.worker();
    expect(assets.get("/index.html")).toContain('<div id="app">');
    expect(assets.get("/schema/openapi.json")).toBe(readFileSync("schema/openapi.json", "utf8"));
    const scripts = [...assets.keys()].filter((path) => path.startsWith("/assets/"));
    expect(scripts.map((path) => assets.get("/index.html")?.includes(path))).toContain(true);
    expect(assets.has("/_headers")).toBe(false);
    expect(here.worker().bindings).toContainEqual({ name: "ASSETS", type: "assets" });
  });

  it("goes on where it was cut off, whatever was under way", async () => {
    const fail = (call: RegExp, more: Partial<Trouble> = {}): void => {
      here.cloudflare.troubles = [
        { call, status: 500, code: 10_013, message: "An unknown error has occurred.", ...more },
      ];
    };
    fail(/^POST \/queues$/);
    expect(await here.deploy()).toMatchObject({ code: 3, reason: "wrangler_failed", last: { name: "worker" } });
    expect(here.cloudflare.account.namespaces.size).toBe(1);

    fail(/^PUT \/workers\/scripts\/signalbox$/, { isDoneAnyway: true });
    expect(await here.deploy()).toMatchObject({ code: 3, last: { name: "worker", state: "failed" } });
    expect(here.cloudflare.account.namespaces.size).toBe(1);
    expect(here.worker().uploads).toBeGreaterThan(0); // wrangler itself has tried more than once
    expect(readdirSync(".").filter((name) => name.startsWith(".wrangler-"))).toEqual([]);

    fail(/schedules$/);
    expect(await here.deploy()).toMatchObject({ code: 3, last: { name: "worker", state: "failed" } });

    fail(/secrets-bulk$/);
    expect(await here.deploy()).toMatchObject({ code: 3, last: { name: "secrets", state: "failed" } });
    const { token } = here.profiles()["signalbox"] ?? {};

    here.cloudflare.troubles = [];
    expect(await here.deploy()).toMatchObject({
      code: 0,
      told: [
        "done files",
        "done account",
        "done found",
        "done worker",
        "unchanged profile",
        "done secrets",
        "done router",
        "done table",
      ],
    });
    expect(here.worker().secrets.get("SIGNALBOX_ADMIN_TOKEN")).toBe(token);
    expect(here.worker().crons).toEqual(["* * * * *"]);
    expect(here.cloudflare.account.namespaces.size).toBe(1);
    expect(here.cloudflare.unknown).toEqual([]);
  });

  const refusal = (call: RegExp): Trouble => ({ call, status: 403, code: 10_000, message: "Authentication error" });

  it.each<[string, { prepare?: () => void; env?: Record<string, string>; args?: string }, object]>([
    [
      "the token has expired",
      { env: { CLOUDFLARE_API_TOKEN: "an-old-one" } },
      {
        code: 4,
        reason: "cloudflare_refuses",
        last: { name: "account", remedy: expect.stringContaining("npx wrangler login") },
      },
    ],
    [
      "nobody is logged in",
      { env: { CLOUDFLARE_API_TOKEN: "" } },
      {
        code: 4,
        reason: "not_logged_in",
        last: { name: "account", remedy: expect.stringContaining("CLOUDFLARE_API_TOKEN") },
      },
    ],
    [
      "the login does not see the account",
      { env: { CLOUDFLARE_ACCOUNT_ID: createAccount("Other").id } },
      { code: 4, reason: "account_unknown", last: { name: "account", remedy: expect.stringContaining("Acme") } },
    ],
    [
      "it may not use queues",
      { prepare: () => here.cloudflare.troubles.push(refusal(/ \/queues/)) },
      {
        code: 4,
        reason: "permission_missing",
        last: { name: "worker", detail: expect.stringContaining("Queues Edit") },
      },
    ],
    [
      "it may not use D1",
      { prepare: () => here.cloudflare.troubles.push(refusal(/ \/d1/)) },
      { code: 4, reason: "permission_missing", last: { name: "worker", detail: expect.stringContaining("D1 Edit") } },
    ],
    [
      "it may not use KV",
      { prepare: () => here.cloudflare.troubles.push(refusal(/ \/storage\/kv/)) },
      {
        code: 4,
        reason: "cloudflare_refuses",
        last: { name: "worker", remedy: expect.stringContaining("Workers KV Storage Edit") },
      },
    ],
    [
      "a queue has another consumer",
      { prepare: () => here.cloudflare.troubles.push({ ...refusal(/consumers$/), status: 409, code: 11_004 }) },
      { code: 5, reason: "name_taken", last: { name: "worker", remedy: expect.stringContaining("other names") } },
    ],
    [
      "the Worker's name is another Worker's",
      { prepare: () => here.cloudflare.account.workers.set("signalbox", ANOTHER) },
      { code: 5, reason: "name_taken", last: { name: "found", remedy: expect.stringContaining("another name") } },
    ],
    [
      "the account has no workers.dev subdomain",
      { prepare: () => (here.cloudflare.account.subdomain = undefined) },
      {
        code: 2,
        reason: "subdomain_missing",
        last: { name: "worker", remedy: expect.stringContaining("/workers/onboarding") },
      },
    ],
    [
      "a pipeline has no admin token for it",
      { env: { CI: "true" } },
      {
        code: 2,
        reason: "token_missing",
        last: { name: "found", remedy: expect.stringContaining("SIGNALBOX_ADMIN_TOKEN") },
      },
    ],
    [
      "the table is not one",
      { prepare: () => here.writeTable({ routes: 1 }) },
      { code: 2, reason: "table_invalid", last: { name: "files" } },
    ],
    [
      "there is no such configuration",
      { args: "--config other.toml" },
      { code: 2, reason: "config_unreadable", last: { name: "files" } },
    ],
  ])("says what to do when %s", async (_, { prepare, env, args }, expected) => {
    prepare?.();
    const ended = await here.deploy(args, env);
    expect(ended).toMatchObject(expected);
    expect(ended.last?.state).toBe("failed");
    expect(existsSync(join(here.folder, "signalbox/profiles.json"))).toBe(false);
    expect(here.cloudflare.unknown).toEqual([]);
  });
});

const ANOTHER: WorkerState = {
  tag: "shop",
  uploads: 7,
  assets: new Map(),
  bindings: [{ type: "kv_namespace", name: "CARTS" }],
  classes: [],
  secrets: new Map([["STRIPE_KEY", "sk"]]),
  crons: [],
  isOnWorkersDev: true,
};
