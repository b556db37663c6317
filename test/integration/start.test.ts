// `npm start` as a user runs it: its own process, its own state, its own ports.

import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { freePort, killAll, startScript, type Running } from "./long-running.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-start-"));
let port = 0;

beforeAll(async () => {
  port = await freePort();
});

afterEach(killAll);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(...options: string[]): Running {
  const state = ["--state", join(folder, "state"), "--vars", join(folder, "vars")];
  return startScript("cli/start.ts", [...state, ...options]);
}

describe("npm start", () => {
  it("makes secrets, publishes the example, shows one delivered sendout, and stops on SIGINT", async () => {
    const router = start("--port", String(port));
    const output = await router.printed("Ctrl-C");
    expect(output).toContain("redemption.succeeded");
    expect(output).toContain("redemptions matched (table version 1): one request to demo");
    expect(output).toContain("delivered");
    expect(output).toContain(`curl -X POST http://127.0.0.1:${port}/in/voucherify`);
    const secrets = readFileSync(join(folder, "vars"), "utf8");
    expect(secrets).toMatch(
      /^SIGNALBOX_ADMIN_TOKEN=[0-9a-f]{48}\nSIGNALBOX_SEARCH_KEY=[0-9a-f]{48}\nSIGNALBOX_MASTER_KEYS='\{.*\}'\nVOUCHERIFY_SECRET=[0-9a-f]{48}\n$/,
    );
    expect(statSync(join(folder, "vars")).mode & 0o777).toBe(0o600);
    expect(output).not.toContain(/VOUCHERIFY_SECRET=(.*)/.exec(secrets)?.[1]);
    router.child.kill("SIGINT");
    expect(await router.exited).toBe(0);
  });

  it("starts again with what was there, also after SIGKILL, and the port is free again", async () => {
    const killed = start("--port", String(port));
    await killed.printed("Ctrl-C");
    const token = /SIGNALBOX_ADMIN_TOKEN=(.*)/.exec(readFileSync(join(folder, "vars"), "utf8"))?.[1] ?? "";
    const headers = { authorization: `Bearer ${token}` };
    const secret = { method: "PUT", headers, body: JSON.stringify({ value: "sk-demo-4f0a1b2c" }) };
    const put = await fetch(`http://127.0.0.1:${port}/admin/secrets/DEMO_KEY`, secret);
    expect(await put.json()).toMatchObject({ name: "DEMO_KEY", keyId: "local", lastFour: "1b2c" });
    killed.child.kill("SIGKILL");
    await killed.exited;
    const router = start("--port", String(port));
    const output = await router.printed("Ctrl-C");
    expect(output).toContain("table version 1");
    expect(output).not.toContain("made now");
    const kept = await fetch(`http://127.0.0.1:${port}/admin/secrets`, { headers });
    expect(await kept.json()).toMatchObject({ keys: { active: "local", secrets: { local: 1 }, missing: [] } });
    const answer = await fetch(`http://127.0.0.1:${port}/admin/sendouts`, { headers });
    const { sendouts } = (await answer.json()) as { sendouts: { state: string }[] };
    expect(sendouts.map(({ state }) => state)).toEqual(["routed", "routed", "routed"]);
    const table = { inlets: { mine: { auth: "none" } }, targets: {}, routes: [] };
    await fetch(`http://127.0.0.1:${port}/admin/table`, { method: "PUT", headers, body: JSON.stringify(table) });
    router.child.kill("SIGTERM");
    expect(await router.exited).toBe(0);
  });

  it("leaves a table of one's own alone and sends it no sample", async () => {
    const router = start("--port", String(port));
    const output = await router.printed("Ctrl-C");
    expect(output).toContain("Your own routing table is in force");
    expect(output).not.toContain("one request to");
    router.child.kill("SIGTERM");
    await router.exited;
  });

  it("is the bare router with --no-demo", async () => {
    const router = start("--port", String(port), "--no-demo", "--state", join(folder, "bare"));
    const output = await router.printed("Ctrl-C");
    expect(output).not.toContain("Demo target");
    expect(output).not.toContain("delivered");
    router.child.kill("SIGTERM");
    await router.exited;
  });

  it("says in one sentence that the port is taken, and what to do", async () => {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    const router = start("--port", String(port));
    expect(await router.exited).toBe(1);
    expect(router.output().trim()).toBe(
      `Port ${port} is taken. Stop what listens there, or choose another: npm start -- --port ${port + 10}`,
    );
    server.close();
  });

  it.each([["--port", "abc"], ["--port", "70000"], ["--colour"], ["8790"]])(
    "refuses %s %s with a sentence and exit code 2",
    async (...options) => {
      const router = start(...options.filter((option) => option !== undefined));
      expect(await router.exited).toBe(2);
      expect(router.output()).toMatch(/^error: [^\n]+\n$/);
    },
  );
});
