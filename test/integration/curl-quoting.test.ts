// What a real shell makes of the curl command of a preview: every argument as it was meant, secrets from its variables.

import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { toCurl } from "../../src/translation/curl.ts";
import type { RenderedRequest } from "../../src/translation/rendered.ts";

const SECRET = `s3cret $HOME "quoted" it's \`id\` \\`;

/** The arguments that the command gives to curl. */
function argumentsOf(request: Partial<RenderedRequest>): string[] {
  const command = toCurl({ method: "POST", url: ["https://crm.example.com/"], headers: [], ...request });
  // The shell's own printf in curl's place: each argument, ended by a byte that no argument can have.
  const printed = execFileSync("sh", ["-c", command.replace(/^curl /, String.raw`printf '%s\0' `)], {
    encoding: "utf8",
    env: { CRM_KEY: SECRET, HOME: "/home/nobody" },
  });
  return printed.split("\0").slice(0, -1);
}

const KEY = { $secret: "CRM_KEY" };

describe("the curl command in a shell", () => {
  it.each([
    ["single quotes", "it's 'quoted' '"],
    ["double quotes", '"{\\"a\\":1}"'],
    ["dollars", "$HOME ${HOME} $(echo no) $'x'"],
    ["backticks", "`echo no`"],
    ["backslashes", "a\\ \\\\ \\n \\"],
    ["line breaks", "a\nb\r\n\n"],
    ["operators", "; echo no & | > /dev/null # !! * ? ~ [a-z]"],
    ["what looks like an option", "--data-raw -X"],
    ["letters of the world", "Zoë 🎟️ 東京"],
    ["nothing", ""],
  ])("has a body with %s as one argument, letter by letter", (_name, text) => {
    expect(argumentsOf({ body: [text] })).toEqual(["-X", "POST", "https://crm.example.com/", "--data-raw", text]);
  });

  it.each<[string, Partial<RenderedRequest>, string]>([
    ["a URL's path", { url: ["https://h.example.com/", { ...KEY, as: "path" }] }, `https://h.example.com/${SECRET}`],
    [
      "a query",
      { url: ["https://h.example.com/?k=", { ...KEY, as: "uri" }, "&a=1"] },
      `https://h.example.com/?k=${SECRET}&a=1`,
    ],
    ["a header", { headers: [["x-key", ["v1 ", { ...KEY, as: "text" }]]] }, `x-key: v1 ${SECRET}`],
    ["a JSON body", { body: ['{"k":', { ...KEY, as: "json" }, ',"n":"it\'s"}'] }, `{"k":"${SECRET}","n":"it's"}`],
    ["a form", { body: ["k=", { ...KEY, as: "uri" }, "&a='1'"] }, `k=${SECRET}&a='1'`],
  ])(
    "has a secret of %s from the shell's variable, in one argument with what is around it",
    (_name, request, argument) => {
      expect(argumentsOf(request)).toContain(argument);
    },
  );

  it("is one command over several lines", () => {
    const headers: RenderedRequest["headers"] = [
      ["content-type", ["application/json"]],
      ["x-note", ["it's"]],
      ["x-empty", []],
    ];
    expect(argumentsOf({ method: "PUT", headers, body: ["{}"] })).toEqual(
      [
        ["-X", "PUT", "https://crm.example.com/"],
        ["-H", "content-type: application/json", "-H", "x-note: it's", "-H", "x-empty;"],
        ["--data-raw", "{}"],
      ].flat(),
    );
  });
});
