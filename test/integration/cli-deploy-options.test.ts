// What `signalbox deploy` can be told: dry runs, other environments, tables over those in force, tokens that are lost, and
// what a pipeline gives it. Cloudflare and the router are those of cli-deploy.test.ts.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEPLOYS_TIMEOUT_MS, startDeploying, TABLE, type Deploying } from "../cloudflare/deploying.ts";

const CONFIG = readFileSync("wrangler.toml", "utf8");

let here: Deploying;

beforeEach(async () => {
  here = await startDeploying();
});

afterEach(async () => here.stop());

describe("signalbox deploy", { timeout: DEPLOYS_TIMEOUT_MS }, () => {
  it("says what it would do, and does nothing, with --dry-run", async () => {
    const { code, out } = await here.run("deploy --dry-run", {
      CI: "true",
      SIGNALBOX_ADMIN_TOKEN: "a-token-of-a-pipeline",
    });
    expect(code).toBe(0);
    expect(out).toMatch(/· worker {3}signalbox would be created, \d+ kB compressed\n/);
    expect(out).toContain(
      "would be made: SIGNALBOX_SEARCH_KEY, SIGNALBOX_MASTER_KEYS; would be set: SIGNALBOX_ADMIN_TOKEN, VOUCHERIFY_SECRET",
    );
    expect(out).toMatch(/\nNothing was changed\.\n$/);
    expect(here.cloudflare.calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
    expect(existsSync(join(here.folder, "signalbox"))).toBe(false);
  });

  it("publishes over a table in force only when asked to, and makes a new token only then", async () => {
    await here.deploy();
    here.writeTable({ ...TABLE, targets: { crm: { request: { url: "http://127.0.0.1:8788/", body: {} } } } });
    expect(await here.deploy("--no-doctor --apply")).toMatchObject({
      code: 1,
      reason: "table_invalid",
      last: { name: "table", state: "failed", detail: expect.stringContaining("targets.crm.request.url") },
    });
    here.writeTable({ ...TABLE, routes: [] });
    expect(await here.deploy()).toMatchObject({
      code: 0,
      last: { name: "table", state: "unchanged", remedy: expect.stringContaining("--apply") },
    });
    expect(await here.deploy("--no-doctor --apply")).toMatchObject({
      code: 0,
      last: { name: "table", state: "done", detail: "version 2 published from signalbox.jsonc" },
    });

    const { token } = here.profiles()["signalbox"] ?? {};
    rmSync(join(here.folder, "signalbox/profiles.json"));
    expect(await here.deploy("")).toMatchObject({
      code: 1,
      last: { name: "router", state: "warning", remedy: expect.stringContaining("--new-token") },
    });
    expect(here.worker().secrets.get("SIGNALBOX_ADMIN_TOKEN")).toBe(token);
    expect(await here.deploy("--no-doctor --new-token")).toMatchObject({ code: 0, last: { name: "table" } });
    expect(here.profiles()["signalbox"]?.token).not.toBe(token);
    expect(here.worker().secrets.get("SIGNALBOX_ADMIN_TOKEN")).toBe(here.profiles()["signalbox"]?.token);
  });

  it("takes secrets from a file and from stdin, and sets those of the file each time", async () => {
    writeFileSync(join(here.folder, "live.env"), "SIGNALBOX_ADMIN_TOKEN=token-of-the-file\nCRM_TOKEN='one two'\n");
    expect(await here.deploy("--no-doctor --secrets-file live.env")).toMatchObject({ code: 0 });
    expect(Object.fromEntries(here.worker().secrets)).toMatchObject({
      SIGNALBOX_ADMIN_TOKEN: "token-of-the-file",
      CRM_TOKEN: "one two",
    });
    const input = JSON.stringify({ CRM_TOKEN: "another" });
    expect(await here.deploy("--no-doctor --secrets-file -", {}, input)).toMatchObject({ code: 0 });
    expect(Object.fromEntries(here.worker().secrets)).toMatchObject({
      SIGNALBOX_ADMIN_TOKEN: "token-of-the-file",
      CRM_TOKEN: "another",
    });
  });

  it("puts an environment beside the one there is, with all that its configuration binds", async () => {
    await here.deploy();
    // It stands in another folder than the checkout's own.
    const staging = `${CONFIG.replaceAll('"signalbox', '"signalbox-staging')
      .replace('"src/index.ts"', JSON.stringify(resolve("src/index.ts")))
      .replace('"dist/pages"', JSON.stringify(resolve("dist/pages")))
      .replace("scripts/run.mjs", resolve("scripts/run.mjs"))}
[[d1_databases]]
binding = "LEDGER_2"
database_name = "signalbox-staging-ledger-2"

[[r2_buckets]]
binding = "ARCHIVE"
bucket_name = "signalbox-staging-archive"
`;
    writeFileSync(join(here.folder, "wrangler.staging.toml"), staging);
    const { code, told } = await here.deploy("--no-doctor --config wrangler.staging.toml");
    expect({ code, told }).toMatchObject({
      code: 0,
      told: expect.arrayContaining(["done worker", "done secrets", "done table"]),
    });
    const { workers, queues, databases, namespaces, buckets } = here.cloudflare.account;
    expect([workers.size, queues.size, namespaces.size]).toEqual([2, 10, 2]);
    expect([...databases.keys()]).toEqual([
      "signalbox-ledger",
      "signalbox-staging-ledger",
      "signalbox-staging-ledger-2",
    ]);
    expect([...buckets]).toEqual(["signalbox-staging-archive"]);
    expect(Object.keys(here.profiles())).toEqual(["signalbox", "signalbox-staging"]);
    expect(here.cloudflare.unknown).toEqual([]);
  });

  it("never replaces the profile of another router", async () => {
    const other = { url: "https://signalbox.elsewhere.workers.dev", token: "token-of-another" };
    await here.deploy();
    writeFileSync(join(here.folder, "signalbox/profiles.json"), JSON.stringify({ profiles: { signalbox: other } }));
    expect(await here.deploy()).toMatchObject({ code: 5, reason: "profile_taken", last: { name: "profile" } });
    expect(here.profiles()).toEqual({ signalbox: other });
    expect([...here.worker().secrets.values()]).not.toContain(other.token);
  });

  it("makes no secrets where Cloudflare itself builds, and ends well", async () => {
    const { code, told } = await here.deploy("", { CI: "true", WORKERS_CI: "1" });
    expect({ code, told }).toEqual({
      code: 0,
      told: ["done files", "done account", "done found", "done worker", "warning secrets"],
    });
    expect([...here.worker().secrets.keys()]).toEqual(["VOUCHERIFY_SECRET"]);
  });

  it("asks which of several accounts is meant, or has to be told", async () => {
    expect(await here.deploy("--no-doctor", { CLOUDFLARE_ACCOUNT_ID: "" })).toMatchObject({
      code: 2,
      reason: "account_ambiguous",
      last: { name: "account", remedy: expect.stringContaining(`Acme ${here.cloudflare.account.id}, Other `) },
    });
  });
});
