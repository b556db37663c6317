import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Issue } from "../../../src/issues.ts";
import { compileHeaders, headerNameIssue, isHeaderValue, renderHeaders } from "../../../src/translation/headers.ts";
import { NotFiniteError } from "../../../src/translation/json-text.ts";
import { atOnce, createScope } from "./at-once.ts";
import { textOf } from "./text-of.ts";

function compile(headers: Record<string, unknown>) {
  const issues: Issue[] = [];
  return { headers: compileHeaders(headers, "request", issues), issues };
}

function render(headers: Record<string, unknown>, data: unknown) {
  const compiled = compile(headers);
  expect(compiled.issues).toEqual([]);
  return atOnce(renderHeaders(compiled.headers, createScope({ data })));
}

describe("headerNameIssue", () => {
  it.each(["x-source", "Authorization", "Content-Type", "X_Y.Z~1", "!#$%&'*+-.^_`|~", "te-x", "hostname", "section"])(
    "lets %s pass",
    (name) => {
      expect(headerNameIssue(name)).toBeUndefined();
    },
  );

  it.each([
    "Connection",
    "Content-Length",
    "Expect",
    "Host",
    "Idempotency-Key",
    "Keep-Alive",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Proxy-Authorization",
    "CF-Connecting-IP",
    "cf-worker",
    "Sec-Fetch-Mode",
  ])("reserves %s", (name) => {
    expect(headerNameIssue(name)).toBe(`the header ${name} is set by the platform or by Signalbox`);
  });

  it.each(["", " ", "x y", "x:", "x\n", "x\r\nhost", "\u0000", "größe", "(x)", '"x"', "x/y", "{{ name }}"])(
    "refuses %j as a name",
    (name) => {
      expect(headerNameIssue(name)).toBe("a header name has letters, digits and hyphens only");
    },
  );
});

/** From the space to the tilde. */
const ASCII = String.fromCharCode(...Array.from({ length: 0x7f - 0x20 }, (_, index) => 0x20 + index));

describe("isHeaderValue", () => {
  it.each([
    ["nothing", "", true],
    ["text", "Bearer abc.def-ghi", true],
    ["a tab", "a\tb", true],
    ["every visible character of ASCII", ASCII, true],
    ["4,096 characters", "a".repeat(4_096), true],
    ["4,097 characters", "a".repeat(4_097), false],
    ["a carriage return", "a\rb", false],
    ["a line feed", "a\nb", false],
    ["a line feed at the end", "a\n", false],
    ["a NUL", "a\u0000b", false],
    ["an escape character", "a\u001bb", false],
    ["a delete character", "a\u007fb", false],
    ["a next-line character", "a\u0085b", false],
    ["a space that does not break", "a\u00a0b", false],
    ["a letter of Latin-1", "Zoë", false],
    ["a letter beyond Latin-1", "Łódź", false],
    ["a line separator", "a\u2028b", false],
    ["an emoji", "🎟", false],
    ["a lone surrogate", "\ud800", false],
  ])("judges %s", (_name, value, sendable) => {
    expect(isHeaderValue(value)).toBe(sendable);
  });
});

describe("compileHeaders", () => {
  it("reports reserved names, bad names and broken templates, each at its place", () => {
    expect(compile({ Host: "x", "x y": "x", "x-ok": "{{ a }}", "x-bad": "{{ a" }).issues).toEqual([
      { path: "request.headers.Host", message: "the header Host is set by the platform or by Signalbox" },
      { path: "request.headers.x y", message: "a header name has letters, digits and hyphens only" },
      {
        path: "request.headers.x-bad",
        message: "character 1: this {{ has no }}; write \\{{ for a literal {{",
      },
    ]);
  });

  it("refuses a header that is given twice, however its name is written", () => {
    const twice = { "X-A": "1", "x-b": "2", "x-a": { $secret: "CRM_KEY" }, "x-A": "4" };
    expect(compile(twice).issues).toEqual([
      { path: "request.headers.x-a", message: "this header is given twice" },
      { path: "request.headers.x-A", message: "this header is given twice" },
    ]);
  });

  it("checks the name of a header that is a secret too", () => {
    expect(compile({ Host: { $secret: "CRM_KEY" } }).issues).toEqual([
      { path: "request.headers.Host", message: "the header Host is set by the platform or by Signalbox" },
    ]);
  });
});

describe("renderHeaders", () => {
  it("writes names in small letters and values as text, in the template's order", () => {
    const headers = {
      "X-Name": "{{ name }}",
      "X-Text": "n={{ n }}",
      "X-List": "{{ list }}",
      "X-Fixed": 5,
      "X-No": false,
    };
    expect(render(headers, { name: "Zoe", n: 0, list: [1, "a"] })).toEqual({
      ok: true,
      value: [
        ["x-name", ["Zoe"]],
        ["x-text", ["n=0"]],
        ["x-list", ['[1,"a"]']],
        ["x-fixed", ["5"]],
        ["x-no", ["false"]],
      ],
    });
  });

  it("leaves out a header whose value is missing or null, and keeps an empty one", () => {
    const headers = {
      "x-a": "{{ nothing }}",
      "x-b": "{{ nil }}",
      "x-c": "{{ empty }}",
      "x-d": "",
      "x-e": "<{{ nil }}>",
    };
    expect(render(headers, { nil: null, empty: "" })).toEqual({
      ok: true,
      value: [
        ["x-c", [""]],
        ["x-d", [""]],
        ["x-e", ["<>"]],
      ],
    });
  });

  it("keeps a secret as a part, and a payload's look-alike as text", () => {
    const headers = { "x-key": { $secret: "CRM_KEY" }, "x-data": "{{ value }}" };
    expect(render(headers, { value: { $secret: "CRM_KEY" } })).toEqual({
      ok: true,
      value: [
        ["x-key", [{ $secret: "CRM_KEY", as: "text" }]],
        ["x-data", ['{"$secret":"CRM_KEY"}']],
      ],
    });
  });

  it.each([
    ["a line break and a header", "a\r\nX-Evil: 1"],
    ["a carriage return", "a\rb"],
    ["a line feed", "a\nb"],
    ["a NUL", "a\u0000b"],
    ["a letter of Latin-1", "Zoë"],
    ["a letter beyond Latin-1", "Łódź"],
    ["a lone surrogate", "\ud800"],
    ["over 4,096 characters", "a".repeat(4_097)],
    ["a list with a letter beyond Latin-1", ["Łódź"]],
  ])("refuses a value that has %s, and does not repeat it", (_name, value) => {
    const detail =
      "request.headers.x-note: the value has a line break, a character outside ASCII, or over 4096 characters";
    for (const template of ["{{ value }}", "note: {{ value }}"]) {
      expect(render({ "X-Note": template }, { value })).toEqual({
        ok: false,
        reason: "template_header_invalid",
        detail,
      });
    }
  });

  it.each([
    ["a whole value", "{{ n }}", "1e999"],
    ["a number in a text", "n={{ n }}", "-1e999"],
    ["a list", "{{ n }}", "[1,1e999]"],
  ])("throws for a number that is not finite: %s", (_name, template, n) => {
    const { headers } = compile({ "x-n": template });
    const data: unknown = JSON.parse(`{"n":${n}}`);
    expect(() => atOnce(renderHeaders(headers, createScope({ data })))).toThrow(NotFiniteError);
  });

  it("sends nothing that the platform would refuse or split, whatever the payload", () => {
    const { headers } = compile({ "x-whole": "{{ value }}", "x-mixed": "({{ value }})" });
    const codeUnits = fc.array(fc.nat(0x81), { maxLength: 4 }).map((units) => String.fromCharCode(...units));
    const value = fc.oneof(codeUnits, fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(value, (found) => {
        const result = atOnce(renderHeaders(headers, createScope({ data: { value: found } })));
        if (!result.ok) {
          expect(result.reason).toBe("template_header_invalid");
          return;
        }
        const entries = result.value.map(([name, parts]): [string, string] => [
          name,
          textOf({ ok: true, value: parts }),
        ]);
        const sent = new Headers(entries);
        for (const [name, text] of entries) expect(sent.get(name)).toBe(text.replaceAll(/^[\t ]+|[\t ]+$/g, ""));
      }),
    );
  });
});
