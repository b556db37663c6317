// The `signalbox` command: its output on two streams and its exit code, in this process and in one of its own.

import { spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../src/voucherify/catalogue.ts";
import { createSendout } from "../fixtures/sendout.ts";
import { runInProcess, spawnSignalbox, wordsOf, type Ended, type Shell } from "./shell.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-cli-"));
const sendout = createSendout();
const BODY = `${JSON.stringify(sendout, null, 2)}\n`;
const SECRET = "s3cret-that-nobody-sees";
const RAW = hmac(BODY);
const COMPACT = hmac(JSON.stringify(sendout));

beforeAll(() => {
  writeFileSync(join(folder, "sendout.json"), BODY);
  writeFileSync(join(folder, "payload.json"), JSON.stringify(sendout.data));
  writeFileSync(join(folder, "list.json"), "[]");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hmac(body: string): string {
  return createHmac("sha256", SECRET).update(body).digest("hex");
}

type Place = Omit<Shell, "folder">;

/** Runs the command in the folder of the test's files. */
async function run(args: readonly string[], place: Place = {}): Promise<Ended> {
  return withoutSecret(await runInProcess(args, { folder, ...place }));
}

/** The same in a process of its own, which runs a script. */
async function spawned(args: readonly string[], place: Place & { script?: string } = {}): Promise<Ended> {
  return withoutSecret(await spawnSignalbox(args, { folder, ...place }));
}

function withoutSecret(ended: Ended): Ended {
  expect(ended.out + ended.err).not.toContain(SECRET);
  return ended;
}

/** The same with `--json`, read. */
async function runJson(args: readonly string[], place?: Place) {
  const { code, out, err } = await run([...args, "--json"], place);
  const answer: unknown = JSON.parse(out === "" ? err : out);
  return { code, answer };
}

describe("signalbox normalise", () => {
  it.each([
    ["a file", "sendout.json", ""],
    ["stdin", "-", BODY],
  ])("prints the event of %s", async (_name, file, input) => {
    const { code, out, err } = await run(["normalise", file], { input });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toMatchObject({
      shape: "project webhook",
      version: "v2024-01-01",
      type: "redemption.succeeded",
      sendoutRef: sendout.id,
      envelope: { data: sendout.data },
    });
  });

  it("reads a body without envelope as the inlet would", async () => {
    const inlet = ["--inlet-event", "customer.rewarded", "--inlet-source", "distr_1"];
    const { code, answer } = await runJson(["normalise", "payload.json", ...inlet]);
    expect(code).toBe(0);
    expect(answer).toMatchObject({ shape: "raw payload", type: "customer.rewarded", source: { id: "distr_1" } });
  });

  it("says in one sentence on stderr why a body is not understood", async () => {
    expect(await run(["normalise", "list.json"])).toEqual({
      code: 1,
      out: "",
      err: "The body is not understood: the body is an array, not an object (body_not_object).\n",
    });
    const reason = { reason: "body_empty", detail: "the body has no bytes" };
    expect(await runJson(["normalise", "-"])).toEqual({ code: 1, answer: reason });
  });
});

describe("signalbox verify", () => {
  it.each([
    ["raw", 1, RAW, [SECRET]],
    ["compact", 1, COMPACT, [SECRET]],
    ["compact", 2, COMPACT, ["another", SECRET]],
  ] as const)("says yes: %s, secret %i", async (form, secret, signature, secrets) => {
    const args = ["verify", "sendout.json", "--signature", signature, ...secrets.flatMap((s) => ["--secret", s])];
    const out = `Yes: signed with secret ${secret} of ${secrets.length}, over the ${form} body.\n`;
    expect(await run(args)).toEqual({ code: 0, out, err: "" });
    expect(await runJson(args)).toEqual({ code: 0, answer: { valid: true, secret, form } });
  });

  it("takes the secret from the environment unless one is given", async () => {
    const args = ["verify", "-", "--signature", RAW];
    const shell = { input: BODY, env: { VOUCHERIFY_SECRET: SECRET } };
    expect((await run(args, shell)).code).toBe(0);
    expect((await run([...args, "--secret", "another"], shell)).code).toBe(1);
  });

  it.each([
    [hmac("another body"), "signature_mismatch", "No: not signed with this secret"],
    [RAW.toUpperCase(), "signature_malformed", "No: a signature has 64 hexadecimal digits"],
    ["", "signature_malformed", "No: a signature has 64 hexadecimal digits"],
  ])("says no to %j: %s", async (signature, reason, sentence) => {
    const args = ["verify", "sendout.json", "--secret", SECRET, "--signature", signature];
    const { code, out } = await run(args);
    expect(code).toBe(1);
    expect(out).toContain(sentence);
    expect(await runJson(args)).toEqual({ code: 1, answer: { valid: false, reason } });
  });
});

describe("signalbox sign", () => {
  it("signs the bytes as they are, or compact", async () => {
    const args = ["sign", "sendout.json", "--secret", SECRET];
    expect(await run(args)).toEqual({ code: 0, out: `${RAW}\n`, err: "" });
    expect(await run([...args, "--compact"])).toEqual({ code: 0, out: `${COMPACT}\n`, err: "" });
    expect(await runJson(args)).toEqual({ code: 0, answer: { signature: RAW, form: "raw" } });
  });

  it("signs stdin with the secret of the environment", async () => {
    const { out } = await run(["sign", "-"], { input: BODY, env: { VOUCHERIFY_SECRET: SECRET } });
    expect(out).toBe(`${RAW}\n`);
  });
});

describe("signalbox events", () => {
  it("lists every type in a line and marks the undocumented", async () => {
    // CI alone would make picocolors colour a pipe.
    const { code, out } = await spawned(["events"], { env: { CI: "true", FORCE_COLOR: "1" } });
    const [head = "", ...lines] = out.trimEnd().split("\n");
    expect(code).toBe(0);
    expect(head).toMatch(/^TYPE +SELECTABLE +VERSIONS +DOCUMENTED +MEANING$/);
    expect(lines.map((line) => line.split(" ", 1)[0])).toEqual(EVENT_TYPES);
    expect(out).toMatch(/^customer\.confirmed +project +v2024-01-01 +no +A customer/m);
    expect(out).toMatch(/^customer\.rewarded +project,distribution +v2024-01-01,v2018-08-01 +yes +A customer/m);
    expect(out).not.toContain("\u001B");
    const { answer } = await runJson(["events"]);
    expect(answer).toHaveLength(EVENT_TYPES.length);
    expect(answer).toContainEqual(expect.objectContaining({ type: "customer.confirmed", documented: false }));
  });

  it("prints all that is known of one type, under any of its spellings", async () => {
    const { code, out } = await run(["events", "customer.entered.segment"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^customer\.segment\.entered\nA customer came into a segment\n/);
    expect(out).toMatch(/^Also called +customer\.entered\.segment$/m);
    expect(out).toMatch(/^Selectable +distribution$/m);
    expect(out).toMatch(/^customer\.email +text or null +E-mail address, e\.g\. "/m);
    expect(out).toMatch(/^\$webhook\.event\.type +/m);
    const example: unknown = JSON.parse(out.slice(out.indexOf("\nExample\n") + 9));
    expect(example).toMatchObject({ source: { object: "distribution" }, event: { type: "customer.segment.entered" } });
  });

  it("says of an undocumented type that its fields are a guess", async () => {
    expect((await run(["events", "customer.confirmed"])).out).toMatch(/^Documented +no: /m);
  });

  it.each([
    [["--version", "v2018-08-01"], { object: "event", type: "customer.rewarded" }],
    [["--source", "distribution"], { source: { object: "distribution" } }],
    [[], { source: { object: "webhook" } }],
  ])("gives the example that %j asks for", async (options, example) => {
    const { code, answer } = await runJson(["events", "customer.rewarded", ...options]);
    expect(code).toBe(0);
    expect(answer).toMatchObject({ type: "customer.rewarded", example });
  });

  it("gives examples that normalise understands", async () => {
    const { answer } = await runJson(["events", "redemption.succeeded", "--version", "v2018-08-01"]);
    const { example } = answer as { example: unknown }; // as the test above has it
    expect((await run(["normalise", "-"], { input: JSON.stringify(example) })).code).toBe(0);
  });

  it.each([
    [["redemption.suceeded"], "redemption.suceeded is not in the catalogue. Did you mean redemption.succeeded?"],
    [["nothing-like-any-of-these-at-all"], "is not in the catalogue. `signalbox events` lists those that are."],
    [["customer.order.paid", "--version", "v2018-08-01"], "is not sent in v2018-08-01, only in v2024-01-01."],
  ])("says no to %j", async (args, sentence) => {
    const { code, out, err } = await run(["events", ...args]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(sentence);
  });
});

describe("every command", () => {
  it.each([
    ["normalise missing.json", "There is no file missing.json."],
    ["normalise .", ". is a folder, not a file."],
    ["normalise payload.json --inlet-source distr_1", "give the event type as well."],
    ["normalise", "missing required argument"],
    ["verify sendout.json --secret x", "required option '--signature <hex>' not specified"],
    [`verify sendout.json --signature ${RAW}`, "Give a secret with --secret or in the variable VOUCHERIFY_SECRET."],
    ["verify missing.json --secret x --signature 00", "There is no file missing.json."],
    ["sign sendout.json", "Give a secret with --secret"],
    ["sign sendout.json --secret=", "Secret 1 is empty."],
    ["sign sendout.json --secret a --secret b", "one secret"],
    ["sign missing.json --secret x", "There is no file missing.json."],
    [`sign sendout.json --sercet=${SECRET}`, "unknown option '--sercet…'"],
    [`sign sendout.json -x${SECRET}`, "unknown option '-x…'"],
    [`sign sendout.json --secret two ${SECRET}`, "too many arguments for 'sign'. Expected 1 argument but got 2."],
    ["events --source distribution", "give an event type as well."],
    ["events redemption.failed --version v1", "Allowed choices are v2024-01-01, v2018-08-01."],
    ["evnts", "unknown command 'evnts'"],
    ["", "Usage: signalbox"],
  ])("refuses `%s` with a sentence and exit code 2", async (line, sentence) => {
    const { code, out, err } = await run(wordsOf(line));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(sentence);
  });

  it.each(["", "normalise", "verify", "sign", "events"])("explains `%s --help` with examples", async (command) => {
    const { code, out, err } = await run(wordsOf(`${command} --help`));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/\nExamples:\n {2}signalbox /);
  });

  it("tells its version, and ends quietly when the reader has seen enough", async () => {
    expect((await spawned(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const child = spawn(process.execPath, [resolve("cli/signalbox.ts"), "events", "redemption.succeeded"]);
    child.stdout.destroy();
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });
});

describe("in a process of its own", () => {
  it.each([
    ["normalise -", BODY, 0],
    ["normalise list.json", "", 1],
    [`verify - --signature ${RAW} --json`, BODY, 0],
    ["sign sendout.json --compact", "", 0],
    ["events customer.rewarded --source distribution", "", 0],
    ["evnts", "", 2],
    ["render --help", "", 0],
  ])("`%s` ends as it does in the tests above", async (line, input, code) => {
    const place = { input, env: { VOUCHERIFY_SECRET: SECRET } };
    const ended = await spawned(wordsOf(line), place);
    expect(ended).toEqual(await run(wordsOf(line), place));
    expect(ended.code).toBe(code);
  });
});

describe("bin/signalbox.mjs", () => {
  // A root of its own, said to be installed: on the real one a stale stamp would install in the middle of the tests.
  it.each([
    ["in its own process", `#!/bin/sh\nexec "${process.execPath}" "$@"\n`],
    ["with the project's Node", `#!/bin/sh\n[ "$1" = -p ] && exec echo elsewhere\nexec "${process.execPath}" "$@"\n`],
  ])("runs %s, from the caller's folder, and passes input, output and exit code on", async (_name, node) => {
    const root = mkdtempSync(join(folder, "root-"));
    for (const name of ["bin", "scripts"]) cpSync(name, join(root, name), { recursive: true });
    symlinkSync(resolve("cli"), join(root, "cli"));
    mkdirSync(join(root, "node_modules", ".bin"), { recursive: true });
    writeFileSync(join(root, "node_modules", ".bin", "node"), node);
    chmodSync(join(root, "node_modules", ".bin", "node"), 0o755);
    for (const name of ["package.json", "package-lock.json"]) cpSync(name, join(root, name));
    const lockfile = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
    writeFileSync(join(root, "node_modules", ".signalbox-installed"), lockfile);
    const script = join(root, "bin", "signalbox.mjs");
    expect(await spawned(["sign", "sendout.json", "--secret", SECRET], { script })).toEqual({
      code: 0,
      out: `${RAW}\n`,
      err: "",
    });
    expect((await spawned(["normalise", "-"], { script, input: "[]" })).code).toBe(1);
    expect((await spawned(["normalise", "missing.json"], { script })).code).toBe(2);
  });
});
