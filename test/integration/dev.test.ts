// `signalbox dev` as somebody who writes a table has it: a process of its own, beside an editor.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseVars } from "../../cli/local/dev-vars.ts";
import { freePort, killAll, startScript, type Running } from "./long-running.ts";
import { runInProcess, wordsOf } from "./shell.ts";

const root = mkdtempSync(join(tmpdir(), "signalbox-dev-"));
let port = 0;
let demoPort = 0;
let folder = "";

beforeAll(async () => {
  [port, demoPort] = [await freePort(), await freePort()];
});

beforeEach(() => {
  folder = mkdtempSync(join(root, "project-"));
  writeFileSync(join(folder, ".dev.vars"), "");
});

afterEach(killAll);

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function dev(...options: string[]): Running {
  return startScript("cli/signalbox.ts", ["dev", "--port", String(port), ...options], { folder });
}

/** Writes the table as an editor does: a new file in the place of the old one. */
function save(text: string, name = "signalbox.jsonc"): void {
  writeFileSync(join(folder, `${name}~`), text);
  renameSync(join(folder, `${name}~`), join(folder, name));
}

function tableWith(greeting: string, target = ""): string {
  return `{
  // Where Voucherify posts.
  "inlets": { "voucherify": { "auth": { "secrets": ["VOUCHERIFY_SECRET"] } } },
  "targets": {
    "demo": {
      "request": { "url": "http://127.0.0.1:${demoPort}/events", "body": { "greeting": "${greeting}" } },
      ${target}
    },
  },
  "routes": [{ "id": "redemptions", "events": ["redemption.*"], "to": ["demo"] }],
}
`;
}

async function versionInForce(): Promise<number> {
  const token = parseVars(join(folder, ".dev.vars"))["SIGNALBOX_ADMIN_TOKEN"] ?? "";
  const answer = await fetch(`http://127.0.0.1:${port}/admin/table`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { version: number }).version; // the API's own answer
}

describe("signalbox dev", () => {
  it("publishes the table of the folder, answers for its demo target, and tells how to send an example", async () => {
    save(tableWith("Hello {{ customer.name }}"));
    const router = dev();
    const output = await router.printed("Ctrl-C");
    expect(output).toContain(`Table        signalbox.jsonc, published as version 1\n`);
    expect(output).toContain(`Demo target  http://127.0.0.1:${demoPort} `);
    const told = /signalbox\.mjs (trigger .*)\n/.exec(output)?.[1] ?? "";
    expect(told).toBe(`trigger redemption.succeeded --wait --url http://127.0.0.1:${port}`);
    const triggered = await runInProcess(wordsOf(told), { folder });
    expect(triggered).toMatchObject({ code: 0 });
    expect(triggered.out).toContain("demo  delivered");
    const id = /so_\w+/.exec(triggered.out)?.[0] ?? "";
    await router.printed(`${id}    demo  delivered 200 in`);
    expect(existsSync(join(folder, ".wrangler/state/v3"))).toBe(true);
    router.child.kill("SIGINT");
    expect(await router.exited).toBe(0);
    const again = dev();
    expect(await again.printed("Ctrl-C")).toContain("Table        signalbox.jsonc, in force as version 1\n");
  });

  it("publishes a change at once, and leaves the version before where it is when there is an error", async () => {
    save(tableWith("Hello {{ customer.name }}"));
    const router = dev();
    await router.printed("Ctrl-C");
    save(tableWith("Hi {{ customer.name }}"));
    await router.printed("in force as version 2\n");
    await router.printed(
      '~ targets.demo.request.body.greeting: "Hello {{ customer.name }}" → "Hi {{ customer.name }}"\n',
    );
    save(tableWith("Hi {{ customer.( }}"));
    await router.printed("version 2 is in force, as before\n");
    await router.printed("signalbox.jsonc:6:82: targets.demo.request.body.greeting: character 16: ");
    save(`{\n  "inlets": oops`);
    await router.printed("signalbox.jsonc:2:13: this is not JSON: ");
    rmSync(join(folder, "signalbox.jsonc"));
    await router.printed("There is no table here");
    expect(await versionInForce()).toBe(2);
    save(tableWith("Ahoy {{ customer.name }}"));
    await router.printed("in force as version 3\n");
  });

  it("waits for a table where there is none, and says which secrets it lacks", async () => {
    const router = dev("--no-demo");
    const empty = await router.printed("Ctrl-C");
    expect(empty).toContain("Table        none is in force yet\n");
    expect(empty).toContain("signalbox init writes one");
    save(tableWith("Hello", '"auth": { "type": "bearer", "secret": "SHOP_TOKEN" }'));
    await router.printed("signalbox.jsonc is in force as version 1\n");
    const output = await router.printed("secret set SHOP_TOKEN\n");
    expect(output).toContain("No secret yet: SHOP_TOKEN. ");
    expect(output).not.toContain("Demo target");
  });

  it("prints an object a line with --json, without the token", async () => {
    save(tableWith("Hello {{ customer.name }}"));
    const taken = createServer().listen(demoPort, "127.0.0.1");
    await once(taken, "listening");
    const router = dev("--json", "--no-watch");
    const output = await router.printed('"kind":"demo"');
    const [ready, table, demo] = output
      .split("\n")
      .slice(0, 3)
      .map((line): unknown => JSON.parse(line));
    taken.close();
    const vars = join(folder, ".dev.vars");
    expect(ready).toEqual({
      kind: "ready",
      url: `http://127.0.0.1:${port}`,
      vars,
      made: ["SIGNALBOX_ADMIN_TOKEN", "SIGNALBOX_SEARCH_KEY", "SIGNALBOX_MASTER_KEYS", "VOUCHERIFY_SECRET"],
      state: join(folder, ".wrangler/state/v3"),
      recovered: { sendouts: 0, deliveries: 0 },
    });
    expect(table).toMatchObject({ kind: "table", outcome: "published", version: 1, warnings: [], missingSecrets: [] });
    expect(demo).toEqual({ kind: "demo", port: demoPort, url: null });
    for (const value of Object.values(parseVars(vars))) expect(output).not.toContain(value);
    expect(readFileSync(vars, "utf8")).toContain("SIGNALBOX_ADMIN_TOKEN=");
    // Without the watch a change is nobody's business, however long one waits: a sendout is through after it.
    save(tableWith("Hi {{ customer.name }}"));
    const url = `http://127.0.0.1:${port}`;
    await runInProcess(["trigger", "voucher.created", "--wait", "--url", url], { folder });
    await router.printed('"kind":"sendout"');
    expect(await versionInForce()).toBe(1);
  });

  it("watches a table of another name in another folder, which has to be there", async () => {
    const missing = startScript("cli/signalbox.ts", ["dev", "tables/shop.yaml"], { folder });
    expect(await missing.exited).toBe(2);
    expect(missing.output()).toBe("There is no folder tables, in which a table could be.\n");
    mkdirSync(join(folder, "tables"));
    save("inlets: {}\ntargets: {}\nroutes: []\n", "tables/shop.yaml");
    const router = startScript("cli/signalbox.ts", ["dev", "tables/shop.yaml", "--port", String(await freePort())], {
      folder,
    });
    await router.printed("Table        tables/shop.yaml, published as version 1\n");
    await router.printed("Ctrl-C");
    save("inlets: { shop: { auth: none } }\ntargets: {}\nroutes: []\n", "tables/shop.yaml");
    await router.printed("tables/shop.yaml is in force as version 2\n");
  });

  it("says in one sentence that the port is taken, and how to take another", async () => {
    const other = await freePort();
    const taken = createServer().listen(other, "127.0.0.1");
    await once(taken, "listening");
    const router = startScript("cli/signalbox.ts", ["dev", "--port", String(other)], { folder });
    expect(await router.exited).toBe(2);
    expect(router.output()).toMatch(
      new RegExp(
        `^Port ${other} is taken. Stop what listens there, or choose another: \\S+signalbox.mjs dev --port ${other + 10}\n$`,
      ),
    );
    taken.close();
  });
});
