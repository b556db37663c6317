// A routing table in a file with comments or in YAML, and the tests that stand beside it: `signalbox check` and `test`.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { runInProcess, wordsOf, type Ended } from "./shell.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-table-tests-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const TABLE = `{
  // What the CRM wants.
  "inlets": { "voucherify": { "auth": { "secrets": ["VOUCHERIFY_SECRET"] } } },
  "targets": {
    "crm": {
      "request": {
        "url": "https://crm.example.com/x",
        "body": { "name": "{{ customer.name }}", "code": "{{ voucher.code }}" },
      },
    },
    "strict": { "request": { "url": "https://crm.example.com/{{ customer.nick.short }}" } },
  },
  "routes": [
    { "id": "all", "events": ["redemption.succeeded"], "to": ["crm"] },
    { "id": "odd", "events": ["customer.deleted"], "to": ["strict"] },
  ],
}
`;

function write(files: Record<string, unknown>): void {
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
}

async function run(line: string): Promise<Ended> {
  return runInProcess(wordsOf(line), { folder });
}

/** Runs one test, as `signalbox.tests.json` beside the table. */
async function runOne(given: object, expected: object): Promise<{ code: unknown; problems: string[] }> {
  write({
    "signalbox.jsonc": TABLE,
    "signalbox.tests.json": { tests: [{ name: "one", given, expect: expected }] },
  });
  const { code, out } = await run("test --json");
  return { code, problems: JSON.parse(out).results[0].problems };
}

const REDEMPTION = {
  event: "redemption.succeeded",
  set: { "data.customer.name": "Mira", "data.voucher.code": "SPRING" },
};
const BODY = { name: "Mira", code: "SPRING" };

describe("signalbox check", () => {
  it("takes the table of the folder, comments and trailing commas included", async () => {
    write({ "signalbox.jsonc": TABLE.replace("customer.nick.short", "customer.id") });
    expect(await run("check")).toMatchObject({ code: 0, out: "The table can be published.\n" });
    expect(await run("validate")).toMatchObject({ code: 0 });
  });

  it("says where in the file an error is", async () => {
    write({ "signalbox.jsonc": TABLE.replace("{{ voucher.code }}", "{{ voucher. }}") });
    const { code, out } = await run("check");
    expect(code).toBe(1);
    expect(out).toContain("error    signalbox.jsonc:8:58: targets.crm.request.body.code: ");
  });

  it("says where in YAML an error is", async () => {
    const yaml = [
      "inlets: { voucherify: { auth: { secrets: [VOUCHERIFY_SECRET] } } }",
      "targets:",
      "  crm:",
      "    request: { url: crm.example.com }",
      "routes: []",
    ];
    write({ "signalbox.yaml": yaml.join("\n") });
    const { code, out } = await run("check");
    expect(code).toBe(1);
    expect(out).toContain("error    signalbox.yaml:4:21: targets.crm.request.url: ");
  });

  it.each([
    ["signalbox.jsonc", '{ "inlets": }', "signalbox.jsonc:1:13: this is not JSON: value expected."],
    ["signalbox.jsonc", "", "signalbox.jsonc:1:1: this is not JSON: value expected."],
    ["signalbox.jsonc", '{\n "a": 1,\n "a": 2 }', "signalbox.jsonc:3:2: this key is there twice."],
    ["signalbox.yaml", "a: 1\na: 2", "signalbox.yaml:2:1: this is not YAML: duplicate key."],
    ["signalbox.yaml", "a: [1", "signalbox.yaml:1:6: this is not YAML: bad indent."],
    ["signalbox.yaml", bomb(), "signalbox.yaml: its aliases stand for too much."],
  ])("refuses a damaged %s", async (name, content, complaint) => {
    write({ [name]: content });
    expect(await run("check")).toMatchObject({ code: 2, out: "", err: `${complaint}\n` });
  });

  it("says what a table may be called where there is none", async () => {
    const { code, err } = await run("check");
    expect(code).toBe(2);
    expect(err).toContain("signalbox.jsonc, signalbox.json, signalbox.yaml, signalbox.yml");
  });
});

/** A few lines that stand for a billion. */
function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 9; level++) {
    const before = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => before).join(", ")}]`);
  }
  return lines.join("\n");
}

describe("signalbox test", () => {
  it.each<[string, object, object]>([
    [
      "the request is as expected",
      REDEMPTION,
      { crm: { method: "POST", url: "https://crm.example.com/x", body: BODY } },
    ],
    ["only what matters is said", REDEMPTION, { crm: { body: BODY } }],
    ["headers have no case", REDEMPTION, { crm: { headers: { "Content-Type": "application/json" } } }],
    ["$any stands for whatever is there", REDEMPTION, { crm: { body: { name: { $any: true }, code: "SPRING" } } }],
    ["any stands for a whole request", REDEMPTION, { crm: "any" }],
    ["nothing is expected and nothing comes", { event: "voucher.enabled" }, {}],
    ["a rendering fails as expected", { event: "customer.deleted" }, { strict: { error: "template_value_missing" } }],
    ["the body is given whole", { sendout: createSendout() }, { crm: "any" }],
    ["the old payload version is given", { event: "redemption.succeeded", version: "v2018-08-01" }, { crm: "any" }],
  ])("passes when %s", async (_, given, expected) => {
    expect(await runOne(given, expected)).toEqual({ code: 0, problems: [] });
  });

  it.each<[string, object, object, string]>([
    [
      "a value differs",
      REDEMPTION,
      { crm: { body: { ...BODY, name: "Ada" } } },
      'crm: body.name: expected "Ada", got "Mira".',
    ],
    ["a value is not there", REDEMPTION, { crm: { body: { ...BODY, at: { $any: true } } } }, "crm: body.at: expected "],
    [
      "a value is too much",
      REDEMPTION,
      { crm: { body: { name: "Mira" } } },
      'crm: body.code: expected nothing, got "SPRING".',
    ],
    [
      "a header is missing",
      REDEMPTION,
      { crm: { headers: { "x-a": "1" } } },
      'crm: headers.x-a: expected "1", but there is',
    ],
    ["a request is not expected", REDEMPTION, {}, "crm: expected no request, but the route all brings it one."],
    ["a request does not come", { event: "voucher.enabled" }, { crm: "any" }, "crm: expected a request, but no route"],
    ["a rendering fails", { event: "customer.deleted" }, { strict: "any" }, "strict: cannot be rendered: "],
    [
      "an expected failure does not come",
      REDEMPTION,
      { crm: { error: "template_value_missing" } },
      "crm: expected the error template_",
    ],
    ["the target is not there", REDEMPTION, { crm: "any", cmr: "any" }, "cmr: the table has no such target."],
    ["the event is not there", { event: "redemption.done" }, {}, "given: There is no event redemption.done."],
    [
      "the inlet is not there",
      { event: "redemption.succeeded", inlet: "shop" },
      {},
      "given: the table has no inlet shop.",
    ],
    [
      "a path leads nowhere",
      { ...REDEMPTION, set: { "type.a": 1 } },
      {},
      "given: set type.a: there is no object before a",
    ],
    ["a file is not there", { file: "x.json" }, {}, "given: There is no file x.json."],
    ["a body is not understood", { sendout: {} }, {}, "given: the body is not understood: "],
  ])("fails when %s", async (_, given, expected, problem) => {
    const { code, problems } = await runOne(given, expected);
    expect(code).toBe(1);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it("prints a line a test for people, and counts", async () => {
    write({
      "signalbox.jsonc": TABLE,
      "signalbox.tests.yaml": [
        "tests:",
        "  - { name: fine, given: { file: body.json }, expect: { crm: any } }",
        "  - { name: not fine, given: { file: body.json }, expect: {} }",
      ].join("\n"),
      "body.json": createSendout(),
    });
    const { code, out } = await run("test");
    expect(code).toBe(1);
    expect(out).toBe(
      "✓ fine\n✗ not fine\n    crm: expected no request, but the route all brings it one.\n1 passed, 1 failed\n",
    );
  });

  it("runs the files that are named", async () => {
    write({ "t.json": TABLE, "a.json": { tests: [{ name: "a", given: { event: "voucher.enabled" }, expect: {} }] } });
    expect(await run("test t.json --tests a.json")).toMatchObject({ code: 0, out: "✓ a\n1 passed, 0 failed\n" });
  });

  it.each([
    ["there are no tests", {}, "There are no tests beside signalbox.jsonc"],
    [
      "a test is no test",
      { "signalbox.tests.json": { tests: [{ name: "a" }] } },
      "signalbox.tests.json:1:11: tests.0.given: ",
    ],
    ["there are none in the file", { "signalbox.tests.json": { tests: [] } }, "expected one test at least"],
  ])("cannot be run when %s", async (_, files, complaint) => {
    write({ "signalbox.jsonc": TABLE, ...files });
    const { code, err } = await run("test");
    expect(code).toBe(2);
    expect(err).toContain(complaint);
  });

  it("cannot be run for a table that is none", async () => {
    write({ "signalbox.jsonc": '{ "inlets": {}, "targets": {}, "routes": 1 }', "signalbox.tests.json": "{}" });
    const { code, err } = await run("test");
    expect(code).toBe(2);
    expect(err).toContain("signalbox.jsonc:1:42: routes: ");
  });
});
