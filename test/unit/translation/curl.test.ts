// The curl command of a rendered request: what stands in which quotes. What a shell makes of it is shown in
// test/integration/curl-quoting.test.ts.

import { describe, expect, it } from "vitest";
import { toCurl } from "../../../src/translation/curl.ts";
import type { RenderedRequest } from "../../../src/translation/rendered.ts";

function command(request: Partial<RenderedRequest>): string[] {
  return toCurl({ method: "POST", url: ["https://crm.example.com/"], headers: [], ...request }).split(" \\\n");
}

const KEY = { $secret: "CRM_KEY" };

describe("toCurl", () => {
  it("writes method and URL, each header, what proves the sender, and the body, an argument a line", () => {
    const request: RenderedRequest = {
      method: "PATCH",
      url: ["https://crm.example.com/a?b=c"],
      headers: [
        ["content-type", ["application/json"]],
        ["x-key", ["v1 ", { ...KEY, as: "text" }]],
      ],
      body: ['{"a":1}'],
    };
    expect(toCurl(request, [["-u", ["me:", { $secret: "PASSWORD", as: "text" }]]])).toBe(
      [
        "curl -X PATCH 'https://crm.example.com/a?b=c' \\",
        "  -H 'content-type: application/json' \\",
        `  -H 'x-key: v1 '"$CRM_KEY" \\`,
        `  -u 'me:'"$PASSWORD" \\`,
        `  --data-raw '{"a":1}'`,
      ].join("\n"),
    );
  });

  it("is one line for a request without headers and body", () => {
    expect(toCurl({ method: "GET", url: ["https://crm.example.com/"], headers: [] })).toBe(
      "curl -X GET 'https://crm.example.com/'",
    );
  });

  it.each([
    ["a single quote", "it's", String.raw`'it'\''s'`],
    ["a double quote", 'a "b"', `'a "b"'`],
    ["a dollar", "$HOME $(id) ${x}", "'$HOME $(id) ${x}'"],
    ["backticks", "`id`", "'`id`'"],
    ["a backslash", "a\\", "'a\\'"],
    ["a line break", "a\nb", "'a\nb'"],
    ["an exclamation mark", "!!", "'!!'"],
    ["nothing", "", "''"],
  ])("quotes %s in a body", (_name, text, quoted) => {
    expect(command({ body: text === "" ? [] : [text] })[1]).toBe(`  --data-raw ${quoted}`);
  });

  it.each<[string, Partial<RenderedRequest>, string]>([
    [
      "the URL's path",
      { url: ["https://h.example.com/", { ...KEY, as: "path" }] },
      `'https://h.example.com/'"$CRM_KEY"`,
    ],
    ["the query", { url: ["https://h.example.com/?k=", { ...KEY, as: "uri" }, "&a=1"] }, `?k='"$CRM_KEY"'&a=1'`],
    ["a header", { headers: [["x-key", [{ ...KEY, as: "text" }]]] }, `-H 'x-key: '"$CRM_KEY"`],
    ["a JSON body", { body: ['{"k":', { ...KEY, as: "json" }, "}"] }, `'{"k":''"'"$CRM_KEY"'"''}'`],
    ["a body that is nothing else", { body: [{ ...KEY, as: "json" }] }, `--data-raw '"'"$CRM_KEY"'"'`],
    ["a form", { body: ["k=", { ...KEY, as: "uri" }, "&a=1"] }, `--data-raw 'k='"$CRM_KEY"'&a=1'`],
  ])("has a secret of %s as a variable of its name", (_name, request, part) => {
    expect(command(request).join("")).toContain(part);
  });

  it("keeps curl from taking brackets and braces of a URL for a pattern of its own", () => {
    expect(command({ url: ["https://crm.example.com/?filter[name]=x"] })).toEqual([
      "curl --globoff -X POST 'https://crm.example.com/?filter[name]=x'",
    ]);
  });

  it("sends a header without a value, which curl would leave out", () => {
    expect(command({ headers: [["x-empty", [""]]] })[1]).toBe("  -H 'x-empty;'");
    expect(command({ headers: [["x-empty", []]] })[1]).toBe("  -H 'x-empty;'");
  });
});
