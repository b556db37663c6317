// The command that goes between templates of the Payload designer and ours: `signalbox import-designer`.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runInProcess, spawnSignalbox, wordsOf, type Ended } from "./shell.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-cli-designer-"));

const DESIGNED = '{\r\n  "to": "{{customer.email}}",\r\n  "total": {{order.total_amount}},\r\n}\r\n';
const TEMPLATE = {
  to: "{{ $text(customer.email) }}",
  total: "{{ order.total_amount }}",
};
const MISSING =
  "line 2, column 9: what Voucherify sends for a value that an event lacks is not documented: here its key is left out, null stays null in quotes too, and both are nothing within a text";
const COMMA = "line 3, column 34: a comma behind the last one is not part of JSON; left out";

const FILES: Record<string, string | Uint8Array> = {
  "designed.txt": `\ufeff${DESIGNED}`,
  "static.json": '{"a": [1, "x"]}',
  "broken.txt": '{\n  “to”: "x"\n}',
  "utf16.txt": Buffer.from(DESIGNED, "utf16le").fill(0xff, 0, 1),
  "template.json": JSON.stringify(TEMPLATE),
  "lossy.json": JSON.stringify({ name: "{{ $title(customer.name) }}", key: { $secret: "CRM_KEY" } }),
  "bad-template.json": JSON.stringify({ a: ["{{ name"] }),
};

beforeAll(() => {
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
  mkdirSync(join(folder, "folder"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command in the folder of the test's files. */
async function run(line: string, input = ""): Promise<Ended> {
  return runInProcess(["import-designer", ...wordsOf(line)], { folder, input });
}

describe("signalbox import-designer", () => {
  it("prints the body template, and on stderr what to know about it", async () => {
    const { code, out, err } = await run("designed.txt");
    expect({ code, err }).toEqual({ code: 0, err: `${MISSING}\n${COMMA}\n` });
    expect(JSON.parse(out)).toEqual(TEMPLATE);
  });

  it("takes stdin", async () => {
    const { code, out } = await run("-", DESIGNED);
    expect([code, JSON.parse(out)]).toEqual([0, TEMPLATE]);
  });

  it("says nothing on stderr where there is nothing to say", async () => {
    expect(await run("static.json")).toEqual({
      code: 0,
      out: `${JSON.stringify({ a: [1, "x"] }, null, 2)}\n`,
      err: "",
    });
  });

  it("puts it into Voucherify's envelope when asked to", async () => {
    const { code, out } = await run("designed.txt --envelope");
    expect([code, JSON.parse(out)]).toEqual([
      0,
      {
        id: "{{ $webhook.id }}",
        project_id: "{{ $webhook.project_id }}",
        created_at: "{{ $webhook.created_at }}",
        type: "{{ $webhook.type }}",
        data: TEMPLATE,
        source: "{{ $webhook.source }}",
        event: "{{ $webhook.event }}",
      },
    ]);
  });

  it("prints all of it as JSON when asked to", async () => {
    const { code, out, err } = await run("designed.txt --json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual({
      body: TEMPLATE,
      notes: [
        { line: 2, column: 9, message: MISSING.replace(/^line 2, column 9: /, "") },
        { line: 3, column: 34, message: COMMA.replace(/^line 3, column 34: /, "") },
      ],
    });
  });

  it("says no to a text it cannot take, with the place and what to write", async () => {
    const detail = 'line 2, column 3: this is a typographic quote, as chats and word processors make them; write "';
    expect(await run("broken.txt")).toEqual({ code: 1, out: "", err: `${detail} (designer_quote_typographic)\n` });
    const { code, out, err } = await run("broken.txt --json");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(JSON.parse(err)).toEqual({ reason: "designer_quote_typographic", detail });
  });

  it("says no to a text that is not UTF-8", async () => {
    expect(await run("utf16.txt")).toEqual({ code: 1, out: "", err: "This text is not UTF-8; save it as UTF-8.\n" });
  });
});

describe("signalbox import-designer --export", () => {
  it("prints text for the Payload designer", async () => {
    expect(await run("template.json --export")).toEqual({
      code: 0,
      out: '{\n  "to": "{{customer.email}}",\n  "total": {{order.total_amount}}\n}\n',
      err: "",
    });
  });

  it("undoes an import, envelope included", async () => {
    const { out } = await run("designed.txt --envelope");
    expect(await run("- --export", out)).toEqual({
      code: 0,
      out: '{\n  "to": "{{customer.email}}",\n  "total": {{order.total_amount}}\n}\n',
      err: 'this is the envelope\'s data: leave "Raw payload" unticked\n',
    });
  });

  it("says no where something is lost, and prints the rest", async () => {
    const placeholders =
      '{\n  "name": "[not exported: $title(customer.name)]",\n  "key": "[not exported: $secret CRM_KEY]"\n}';
    const losses = [
      { place: "body.name", message: "the Payload designer has no functions or operators" },
      { place: "body.key", message: "the Payload designer has no secrets; give the webhook a header" },
    ];
    expect(await run("lossy.json --export")).toEqual({
      code: 1,
      out: `${placeholders}\n`,
      err: losses.map(({ place, message }) => `${place}: ${message}\n`).join(""),
    });
    const { code, out, err } = await run("lossy.json --export --json");
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(JSON.parse(out)).toEqual({ text: placeholders, raw: true, losses });
  });

  it("counts a policy for missing values as lost", async () => {
    const { code, err } = await run("template.json --export --missing error");
    expect({ code, err }).toEqual({
      code: 1,
      err: 'request.missing: "error" for missing values has no counterpart in the Payload designer\n',
    });
    expect((await run("template.json --export --missing omit")).code).toBe(0);
  });
});

describe("a command that cannot be carried out", () => {
  it.each([
    ["missing.txt", "There is no file missing.txt."],
    ["folder", "folder is a folder, not a file."],
    ["designed.txt --export", "designed.txt is not JSON; --export reads a body template of Signalbox."],
    ["bad-template.json --export", "body.a.0: character 1: this {{ has no }}; write \\{{ for a literal {{"],
    ["template.json --export --envelope", "--envelope is for importing; an export finds an envelope by itself."],
    ["designed.txt --missing null", "--missing says what an export is made from: give --export as well."],
    ["template.json --export --missing never", "Allowed choices are omit, null, error."],
  ])("ends with 2 and a sentence: `%s`", async (line, sentence) => {
    const { code, out, err } = await run(line);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(sentence);
  });
});

it("explains `import-designer --help` with examples", async () => {
  const { code, out, err } = await run("--help");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/\nExamples:\n {2}signalbox import-designer /);
});

it("makes of the text in docs/payload-designer.md the template that stands there", async () => {
  const page = readFileSync("docs/payload-designer.md", "utf8");
  const [, designed = "", template = ""] = /```text\n(.*?)```.*?```json\n(.*?)```/s.exec(page) ?? [];
  const { code, out } = await run("-", designed);
  expect({ code, out }).toEqual({ code: 0, out: template });
});

describe("in a process of its own", () => {
  it.each([
    ["- --envelope", DESIGNED, 0],
    ["lossy.json --export", "", 1],
    ["missing.txt", "", 2],
  ])("`import-designer %s` ends as it does in the tests above", async (line, input, code) => {
    const ended = await spawnSignalbox(["import-designer", ...wordsOf(line)], { folder, input });
    expect(ended).toEqual(await run(line, input));
    expect(ended.code).toBe(code);
  });
});
