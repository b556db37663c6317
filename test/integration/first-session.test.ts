// The first session of somebody new: init, dev, trigger, search, show, replay. Once as people read it, once as scripts do.
// What stands in docs/cli.md of each of these was seen in such a session.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort, killAll, startScript, type Running } from "./long-running.ts";
import { runInProcess, spawnSignalbox, wordsOf, type Ended } from "./shell.ts";

const root = mkdtempSync(join(tmpdir(), "signalbox-first-"));
let folder = "";
let port = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(root, "project-"));
  port = await freePort();
});

afterEach(killAll);

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A command line of the session, as somebody whose router has another port than most. */
async function signalbox(line: string): Promise<Ended> {
  return runInProcess(wordsOf(line), { folder, env: { SIGNALBOX_URL: `http://127.0.0.1:${port}` } });
}

/** What a command line says with --json. Every one of them says one document, and nothing on stderr. */
async function json<T>(line: string): Promise<T> {
  const { code, out, err } = await signalbox(`${line} --json`);
  expect({ line, code, err }).toEqual({ line, code: 0, err: "" });
  return JSON.parse(out) as T; // what the command says it prints; the test asserts what it holds
}

/** Moves the demo target to a port that nobody has, as somebody does whose port 8788 is taken. */
async function moveDemoTarget(): Promise<number> {
  const file = join(folder, "signalbox.jsonc");
  const demoPort = await freePort();
  writeFileSync(file, readFileSync(file, "utf8").replace(":8788/", `:${demoPort}/`));
  return demoPort;
}

function dev(...options: string[]): Running {
  return startScript("cli/signalbox.ts", ["dev", "--port", String(port), ...options], { folder });
}

describe("the first session", () => {
  it("goes from an empty folder to a replayed delivery", async () => {
    // In a process of its own, which nothing but itself has loaded.
    const begun = await spawnSignalbox(["init"], { folder });
    expect(begun).toMatchObject({ code: 0, err: "" });
    expect(begun.out).toContain("✓ signalbox.jsonc        one inlet, the target demo, a route for redemption.*\n");
    await moveDemoTarget();
    await dev().printed("Ctrl-C");

    const nothing = await signalbox("search");
    expect(nothing).toMatchObject({ code: 1, out: "" });
    expect(nothing.err).toContain("There are no such sendouts.");

    const triggered = await signalbox("trigger redemption.succeeded");
    expect(triggered.code).toBe(0);
    const accepted = triggered.out.trimEnd();
    expect(accepted).toMatch(/^acc_[0-9a-f]+$/);
    expect(triggered.err).toContain(`What becomes of it: signalbox show ${accepted}`);

    const waited = await signalbox("trigger redemption.succeeded --wait");
    expect(waited.code).toBe(0);
    expect(waited.out).toMatch(/^so_[0-9a-f]+ {2}redemption\.succeeded {2}routed\n/);
    expect(waited.out).toMatch(/^demo {2}delivered\n {2}route first, delivery so_\w+\.demo\n {2}1\. .* 200 /m);
    const [id = ""] = waited.out.split(" ");

    const found = await signalbox("search --since 1h");
    expect(found.out).toMatch(/^RECEIVED +EVENT +STATE +SENDOUT +TO\n/);
    expect(found.out).toMatch(new RegExp(`^\\d{4}-.* {2}redemption\\.succeeded {2}routed {2}${id} {2}demo$`, "m"));

    const shown = await signalbox(`show ${id}`);
    expect(shown.out).toContain('"greeting":"Hello •••"');
    expect(shown.err).toContain("••• is masked; show --reveal shows it");
    const revealed = await signalbox(`show ${id} --reveal`);
    expect(revealed.out).toContain('"greeting":"Hello Mira Halvorsen"');
    expect(revealed.err).not.toContain("masked");

    const refused = await signalbox(`replay ${id} --as then --yes`);
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/as then: 0 deliveries, .*\n {2}left out: 1 delivered\n/);
    expect(refused.out).toContain("to send that again: --state delivered");
    const replayed = await signalbox(`replay ${id} --as then --state delivered --yes`);
    expect(replayed.code).toBe(0);
    expect(replayed.err).toMatch(/as then: 1 delivery, 10 a second/);
    expect(replayed.out).toMatch(/^rpl_[0-9a-f]+ {2}done: 1 of 1 sent; 1 delivered$/m);
    expect((await signalbox(`show ${id}`)).out).toMatch(/^ {2}2\. .* 200 /m);
  });

  it("goes the same way with --json, an answer each", async () => {
    interface Init {
      files: { outcome: string }[];
      missingSecrets: string[];
      next: string[];
    }
    const begun = await json<Init>("init");
    expect(begun.files.every(({ outcome }) => outcome !== "kept")).toBe(true);
    expect(begun.missingSecrets).toEqual([]);
    const demoPort = await moveDemoTarget();
    const router = dev("--json");
    const said = await router.printed('"kind":"demo"');
    const lines = said.trimEnd().split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { kind: "ready", url: `http://127.0.0.1:${port}` },
      { kind: "table", outcome: "published", version: 1 },
      { kind: "demo", url: `http://127.0.0.1:${demoPort}` },
    ]);

    // The second of the commands that init tells, less how it is called in this folder.
    const trigger = /trigger .*/.exec(begun.next[1] ?? "")?.[0] ?? "";
    expect(trigger).toBe("trigger redemption.succeeded --wait");
    const { sendouts } = await json<{ sendouts: { id: string; deliveries: { id: string; state: string }[] }[] }>(
      trigger,
    );
    const [sendout] = sendouts;
    const id = sendout?.id ?? "";
    expect(sendout?.deliveries).toMatchObject([{ id: `${id}.demo`, state: "delivered" }]);

    const found = await json<{ sendouts: { id: string }[]; next: string | null; complete: boolean }>("search");
    expect(found).toMatchObject({ sendouts: [{ id }], next: null, complete: true });

    const shown = await json<object>(`show ${id}`);
    expect(shown).toMatchObject({ id, state: "routed", tableVersion: 1, event: { type: "redemption.succeeded" } });
    const delivery = await json<object>(`show ${id}.demo`);
    expect(delivery).toMatchObject({ state: "delivered", attempts: [{ status: 200 }] });

    const replayed = await json<object>(`replay ${id} --as then --state delivered --yes`);
    expect(replayed).toMatchObject({ mode: "as then", progress: { sent: 1, left: 0, states: { delivered: 1 } } });
    expect(await json<object>(`show ${id}.demo`)).toMatchObject({ attempts: [{ status: 200 }, { status: 200 }] });

    await router.printed(`"kind":"delivery","sendout":"${id}"`);
    const nothing = await signalbox("show so_00000000000000000000000000000000 --json");
    expect(nothing).toMatchObject({ code: 1, out: "" });
    expect(JSON.parse(nothing.err)).toEqual({ reason: "not_found", detail: "There is no such sendout." });
  });
});
