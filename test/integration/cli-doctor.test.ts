// `signalbox doctor` on a router that is well, and on routers that are each broken in one way: what is broken is named with
// its remedy. The table of what it said is printed.

import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRouter, type Router } from "../../cli/local/router.ts";
import { judgeClock } from "../../cli/operate/judge-clock.ts";
import { runInProcess, type Ended } from "./shell.ts";
import { SECRETS } from "./signalbox.ts";
import { withKeys } from "./vault.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-doctor-"));
const CONFIG = readFileSync("wrangler.toml", "utf8").replace(
  'main = "src/index.ts"',
  `main = "${resolve("src/index.ts")}"`,
);
const said: string[] = [];

beforeAll(() => mkdirSync(resolve(".tmp"), { recursive: true }));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  console.log(said.join("\n"));
});

interface Finding {
  name: string;
  state: "ok" | "warning" | "failed";
  detail: string;
  remedy: string | null;
}

const WELL = {
  ...withKeys("old"),
  SIGNALBOX_SEARCH_KEY: "a key that nobody guesses, made for a test",
  SIGNALBOX_LOCAL_TARGETS: "",
};

/** Starts a router by a changed wrangler.toml and with changed secrets. */
async function start(
  options: { config?: (toml: string) => string; secrets?: Record<string, string>; stateDir?: string } = {},
) {
  const { config = (toml) => toml, secrets = WELL, stateDir } = options;
  const configPath = join(folder, `wrangler-${said.length}.toml`);
  writeFileSync(configPath, config(CONFIG));
  return startRouter({ configPath, port: 0, bindings: secrets, stateDir });
}

async function doctor(
  url: string,
  token = SECRETS.SIGNALBOX_ADMIN_TOKEN,
  more: readonly string[] = [],
): Promise<Ended> {
  const env = { SIGNALBOX_URL: url, SIGNALBOX_ADMIN_TOKEN: token };
  return runInProcess(["doctor", "--json", "--patience", "3", ...more], { folder, env });
}

/** What is not well, with the exit code. Every such finding says what to do. */
async function examine(
  title: string,
  url: string,
  token?: string,
): Promise<{ code: unknown; ill: Record<string, string> }> {
  const { code, out } = await doctor(url, token);
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const ill = findings.filter(({ state }) => state !== "ok");
  for (const { remedy } of ill) expect(remedy?.length).toBeGreaterThan(10);
  said.push(...ill.map(({ name, state, detail, remedy }) => `${title} | ${state} ${name}: ${detail} | ${remedy}`));
  if (ill.length === 0) said.push(`${title} | nothing`);
  return { code, ill: Object.fromEntries(ill.map(({ name, state }) => [name, state])) };
}

async function publish({ url }: Router, table: object): Promise<void> {
  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const answer = await fetch(`${url}/admin/table`, { method: "PUT", headers, body: JSON.stringify(table) });
  expect(answer.status).toBe(200);
}

const TABLE = {
  inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
  targets: {
    crm: {
      request: { url: "https://crm.example.com/", body: "{{ type }}" },
      auth: { type: "bearer", secret: "CRM_TOKEN" },
    },
  },
  routes: [{ id: "all", events: ["*"], to: ["crm"] }],
};

/** Takes out a block of wrangler.toml: from its heading to the next empty line. */
function without(heading: string, containing: string) {
  return (toml: string): string => {
    const blocks = toml.split("\n\n");
    const kept = blocks.filter((block) => !(block.includes(heading) && block.includes(containing)));
    expect(kept).toHaveLength(blocks.length - 1);
    return kept.join("\n\n");
  };
}

describe("signalbox doctor", () => {
  it("finds nothing wrong with a router that is well", async () => {
    const router = await start();
    await publish(router, TABLE);
    expect(await examine("well", router.url)).toEqual({ code: 0, ill: {} });
    const { code, out } = await runInProcess(["doctor", "-q"], {
      folder,
      env: { SIGNALBOX_URL: router.url, SIGNALBOX_ADMIN_TOKEN: SECRETS.SIGNALBOX_ADMIN_TOKEN },
    });
    expect(code).toBe(0);
    expect(out).toMatch(
      /✓ self-test {3}in by voucherify, routed, delivered and logged in \d+ ms\n\nNothing is broken\.\n$/,
    );
    await router.stop();
  });

  it.each<[string, Parameters<typeof start>[0], Record<string, string>]>([
    [
      "the inlet's secret is not set",
      { secrets: { ...WELL, VOUCHERIFY_SECRET: "" } },
      { secrets: "failed", "self-test": "failed" },
    ],
    ["a target's secret is not set", { secrets: { ...WELL, CRM_TOKEN: "" } }, { secrets: "failed" }],
    [
      "nobody consumes INGEST",
      { config: without("[[queues.consumers]]", '"signalbox-ingest"') },
      { "self-test": "failed" },
    ],
    [
      "nobody consumes DELIVER",
      { config: without("[[queues.consumers]]", '"signalbox-deliver"') },
      { "self-test": "failed" },
    ],
    ["the Inbox is not bound", { config: without("[[durable_objects.bindings]]", '"INBOX"') }, { inbox: "warning" }],
    [
      "the gate is not bound",
      { config: without("[[durable_objects.bindings]]", '"TARGET_GATE"') },
      { gate: "warning" },
    ],
    ["KV is not bound", { config: without("[[kv_namespaces]]", '"TABLE"') }, { kv: "failed" }],
    ["the master keys are garbled", { secrets: { ...WELL, SIGNALBOX_MASTER_KEYS: "no key" } }, { vault: "warning" }],
    [
      "private targets are allowed",
      { secrets: { ...WELL, SIGNALBOX_LOCAL_TARGETS: "allow" } },
      { settings: "warning" },
    ],
  ])("when %s", async (title, options, expected) => {
    const router = await start(options);
    await publish(router, TABLE).catch(() => undefined); // without KV nothing can be published
    const { ill } = await examine(title, router.url);
    await router.stop();
    expect(ill).toMatchObject(expected);
  });

  it("when D1 is not bound", async () => {
    const router = await start({ config: without("[[d1_databases]]", '"LEDGER"') });
    const { code, ill } = await examine("D1 is not bound", router.url);
    await router.stop();
    expect({ code, ill }).toMatchObject({ code: 1, ill: { d1: "failed", cron: "failed" } });
  });

  it("when a master key is not there any more that has sealed a secret", async () => {
    const stateDir = join(folder, "state");
    const first = await start({ stateDir });
    const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
    const put = await fetch(`${first.url}/admin/secrets/MAIL_KEY`, {
      method: "PUT",
      headers,
      body: '{"value":"a-secret-value"}',
    });
    expect(put.status).toBe(200);
    await first.stop();
    const second = await start({ stateDir, secrets: { ...withKeys("new"), SIGNALBOX_LOCAL_TARGETS: "" } });
    const { ill } = await examine("a master key is gone", second.url);
    await second.stop();
    expect(ill).toMatchObject({ vault: "failed" });
  });

  it("when the token is wrong", async () => {
    const router = await start();
    expect(await examine("the token is wrong", router.url, "wrong")).toEqual({ code: 4, ill: { router: "failed" } });
    await router.stop();
  });

  it("when nothing answers at the URL", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on a port
    server.close();
    expect(await examine("nothing answers", `http://127.0.0.1:${port}`)).toEqual({
      code: 3,
      ill: { router: "failed" },
    });
  });

  it("when something else answers at the URL", async () => {
    const server = createServer((_, answer) => answer.end("<h1>It works!</h1>")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on a port
    expect(await examine("something else answers", `http://127.0.0.1:${port}`)).toEqual({
      code: 3,
      ill: { router: "failed" },
    });
    server.close();
  });

  it("when there is no such inlet", async () => {
    const router = await start();
    const { code, out } = await doctor(router.url, undefined, ["--inlet", "shop"]);
    await router.stop();
    expect(code).toBe(1);
    expect(JSON.parse(out).findings.at(-1)).toMatchObject({ name: "self-test", state: "failed" });
  });
});

describe("judgeClock", () => {
  it.each([
    ["agrees within the time that the answer took", 1_000_500, "ok"],
    ["is a minute ahead", 1_061_000, "ok"],
    ["is more than a minute ahead", 1_062_000, "warning"],
    ["is more than a minute behind", 939_000, "warning"],
  ])("one that %s", (_, theirs, state) => {
    expect(judgeClock(theirs, 1_000_000, 1_001_000)).toMatchObject({ state });
  });
});
