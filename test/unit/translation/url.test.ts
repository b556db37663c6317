import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Issue } from "../../../src/issues.ts";
import { NotFiniteError } from "../../../src/translation/json-text.ts";
import { compileUrl, renderUrl } from "../../../src/translation/url.ts";
import { atOnce, createScope } from "./at-once.ts";
import { textOf } from "./text-of.ts";

const SHAPE_MESSAGE =
  "expected https://host/… with scheme and host written out, without user, password, fragment, spaces or backslash";

function compile(url: string, query: Record<string, unknown> = {}) {
  const issues: Issue[] = [];
  return { template: compileUrl({ url }, query, "request", issues), issues };
}

function render(url: string, data: unknown, query: Record<string, unknown> = {}) {
  const { template, issues } = compile(url, query);
  expect(issues).toEqual([]);
  if (template === undefined) throw new Error("the URL was refused");
  return atOnce(renderUrl(template, createScope({ data })));
}

describe("compileUrl", () => {
  it.each([
    ["a host from the payload", "https://{{ host }}/v1"],
    ["a host from the payload, without spaces", "https://{{host}}/v1"],
    ["a part of the host from the payload", "https://{{region}}.example.com/v1"],
    ["a port from the payload", "https://api.example.com:{{port}}/v1"],
    ["a scheme from the payload", "{{ scheme }}://api.example.com"],
    ["a whole URL from the payload", "{{ url }}"],
    ["a payload right after the host", "https://api.example.com{{ h }}/"],
    ["a payload after a dot", "https://api.example.com.{{ h }}/"],
    ["a payload after a tab, which URLs drop", "https://api.example.com\t{{ h }}/"],
    ["a payload after a line feed, which URLs drop", "https://api.example.com\n{{ h }}/"],
    ["a payload after a carriage return, which URLs drop", "https://api.example.com\r{{ h }}/"],
    ["a payload after a space", "https://api.example.com {{ h }}/"],
    ["a payload after an at sign", "https://api.example.com@{{ h }}/"],
    ["a payload after a backslash", "https://api.example.com\\{{ h }}"],
    ["a payload after two backslashes", "https://api.example.com\\\\{{ h }}/"],
    ["an opening brace in the host", "https://{api.example.com/"],
    ["a closing brace in the host", "https://api.example.com}/"],
    ["an escaped expression in the path", "https://api.example.com/\\{{ id }}"],
    ["a backslash in the path", "https://api.example.com/a\\b/{{ id }}"],
    ["a backslash in the query", "https://api.example.com/?a=\\{{ id }}"],
    ["a tab between dots", "https://api.example.com/.\t./{{ id }}"],
    ["a space in the path", "https://api.example.com/a b/{{ id }}"],
    ["a space in the query", "https://api.example.com/?a=b c"],
    ["a line feed in the query", "https://api.example.com/?a={{ id }}\n"],
    ["a space that does not break", "https://api.example.com/\u00a0"],
    ["a NUL", "https://api.example.com/\u0000"],
    ["a delete character", "https://api.example.com/\u007f"],
    ["a next-line character", "https://api.example.com/\u0085"],
    ["white space after it", "https://api.example.com/ "],
    ["a user and a password", "https://user:pass@api.example.com/"],
    ["a fragment", "https://api.example.com/#top"],
    ["a fragment after a query", "https://api.example.com/?a=1#top"],
    ["a backslash before the host", "https:\\\\api.example.com/"],
    ["another scheme", "ftp://api.example.com/"],
    ["a script", "javascript:alert(1)"],
    ["a file", "file:///etc/passwd"],
    ["no scheme", "api.example.com/v1"],
    ["no scheme but slashes", "//api.example.com/v1"],
    ["no host", "https:///v1"],
    ["one slash", "https:/api.example.com"],
    ["white space before it", " https://api.example.com/"],
    ["a host that is none", "https://exa%mple/"],
    ["a port that is none", "https://api.example.com:99999/"],
    ["nothing", ""],
  ])("refuses %s", (_name, url) => {
    expect(compile(url)).toEqual({ template: undefined, issues: [{ path: "request.url", message: SHAPE_MESSAGE }] });
  });

  it.each(["/.", "/..", "/a/./b", "/../{{ id }}", "/{{ id }}/..", "/%2e", "/%2E%2e/b", "/a/.%2e", "/..?a=b"])(
    "refuses a path that walks by itself: %s",
    (path) => {
      expect(compile(`https://api.example.com${path}`).issues).toEqual([
        { path: "request.url", message: "a path has no . or .. between its slashes" },
      ]);
    },
  );

  it.each(["/.well-known/a", "/a..b/...", "/..a/a..", "/{{ id }}.json", "/?a=..&b=/../"])(
    "takes dots that do not walk: %s",
    (path) => {
      expect(compile(`https://api.example.com${path}`).issues).toEqual([]);
    },
  );

  it("takes white space inside expressions", () => {
    expect(compile("https://api.example.com/{{\tid\n}}?a={{  a.`b c`  }}").issues).toEqual([]);
  });

  it("reports broken expressions in parameters and the first one in the URL, each at its place", () => {
    const { issues } = compile("https://api.example.com/{{ .a }}?b={{ c. }}", { d: "{{", e: "fine" });
    expect(issues).toEqual([
      { path: "request.query.d", message: "character 1: this {{ has no }}; write \\{{ for a literal {{" },
      { path: "request.url", message: "character 28: this cannot stand here" },
    ]);
  });

  it.each([
    ["https://API.Example.com", "https://api.example.com"],
    ["HTTPS://api.example.com/", "https://api.example.com"],
    ["https://api.example.com:443/", "https://api.example.com"],
    ["https://api.example.com:8443/", "https://api.example.com:8443"],
    ["http://127.1:8080/", "http://127.0.0.1:8080"],
    ["https://bücher.example/", "https://xn--bcher-kva.example"],
  ])("writes the origin of %s as the platform does", (url, origin) => {
    expect(compile(url).template?.origin).toBe(origin);
  });
});

describe("renderUrl", () => {
  it.each([
    ["no path", "https://api.example.com", "https://api.example.com/"],
    ["a bare path", "https://api.example.com/", "https://api.example.com/"],
    ["a fixed path", "https://api.example.com/v1/users", "https://api.example.com/v1/users"],
    ["a value", "https://api.example.com/users/{{ id }}", "https://api.example.com/users/crm-1042"],
    ["a value amid text", "https://api.example.com/u-{{ id }}.json", "https://api.example.com/u-crm-1042.json"],
    ["a number", "https://api.example.com/{{ n }}", "https://api.example.com/0"],
    ["a boolean", "https://api.example.com/{{ no }}", "https://api.example.com/false"],
    ["an object", "https://api.example.com/{{ o }}", "https://api.example.com/%7B%22a%22%3A1%7D"],
    ["the envelope", "https://api.example.com/{{ $webhook.data.id }}", "https://api.example.com/crm-1042"],
    ["single braces in a path", "https://api.example.com/{id}", "https://api.example.com/{id}"],
    ["a query in the URL", "https://api.example.com/a?b=1&c={{ id }}", "https://api.example.com/a?b=1&c=crm-1042"],
    ["a query without a path", "https://api.example.com?b=1", "https://api.example.com/?b=1"],
    ["a bare question mark", "https://api.example.com/a?", "https://api.example.com/a"],
  ])("writes %s", (_name, url, rendered) => {
    expect(render(url, { id: "crm-1042", n: 0, no: false, o: { a: 1 } })).toEqual({ ok: true, value: [rendered] });
  });

  it.each([
    ["a way up and a query", "../../v1/delete?x=1#", "..%2F..%2Fv1%2Fdelete%3Fx%3D1%23"],
    ["a slash", "a/b", "a%2Fb"],
    ["a backslash", "..\\..\\x", "..%5C..%5Cx"],
    ["dots, encoded", "%2e%2e", "%252e%252e"],
    ["a slash, encoded", "..%2f", "..%252f"],
    ["signs", "+@&", "%2B%40%26"],
    ["a colon and a semicolon", "a:b;c", "a%3Ab%3Bc"],
    ["a host", "//evil.example", "%2F%2Fevil.example"],
    ["a tab and line ends", ".\t.\r\n", ".%09.%0D%0A"],
    ["a NUL", "a\u0000b", "a%00b"],
    ["a space", " ", "%20"],
    ["a lone surrogate", "a\ud800b", "a%EF%BF%BDb"],
    ["three dots", "...", "..."],
    ["an expression", "{{ id }}", "%7B%7B%20id%20%7D%7D"],
  ])("keeps %s inside one path segment", (_name, id, segment) => {
    const result = render("https://api.example.com/users/{{ id }}/tags", { id });
    expect(result).toEqual({ ok: true, value: [`https://api.example.com/users/${segment}/tags`] });
    const url = new URL(textOf(result));
    expect(url.pathname).toBe(`/users/${segment}/tags`);
    expect(url.search + url.hash).toBe("");
  });

  it.each([
    ["two dots", "/users/{{ id }}", { id: ".." }],
    ["one dot", "/users/{{ id }}/tags", { id: "." }],
    ["two dots from two values", "/users/{{ id }}{{ id }}", { id: "." }],
    ["a dot after the template's own", "/users/.{{ id }}", { id: "." }],
    ["a dot after the template's encoded one", "/users/%2E{{ id }}", { id: "." }],
  ])("refuses a value that would walk the path: %s", (_name, path, data) => {
    expect(render(`https://api.example.com${path}`, data)).toEqual({
      ok: false,
      reason: "template_path_unsafe",
      detail: "request.url: a value would change the path (. or ..)",
    });
  });

  it.each([
    ["missing", {}],
    ["null", { id: null }],
    ["empty", { id: "" }],
  ])("refuses a path whose value is %s", (_name, data) => {
    expect(render("https://api.example.com/users/{{ id }}/x{{ id }}", data)).toEqual({
      ok: false,
      reason: "template_value_missing",
      detail: "request.url: a value in the path is missing in this event",
    });
  });

  it.each([
    ["text", "a b&c=d", "a%20b%26c%3Dd"],
    ["signs", "+#?/%", "%2B%23%3F%2F%25"],
    ["letters beyond ASCII", "Łódź 🎟", "%C5%81%C3%B3d%C5%BA%20%F0%9F%8E%9F"],
    ["a lone surrogate", "\udfff", "%EF%BF%BD"],
    ["nothing but an empty text", "", ""],
    ["a number", 0, "0"],
    ["a boolean", false, "false"],
    ["a list", [1, "a"], "%5B1%2C%22a%22%5D"],
    ["a secret node", { $secret: "CRM_KEY" }, "%7B%22%24secret%22%3A%22CRM_KEY%22%7D"],
  ])("encodes a query value that is %s", (_name, q, encoded) => {
    expect(render("https://api.example.com/", { q }, { q: "{{ q }}" })).toEqual({
      ok: true,
      value: [`https://api.example.com/?q=${encoded}`],
    });
  });

  it("writes a lone surrogate, which has no UTF-8, as the replacement character in every place", () => {
    const url = "https://api.example.com/{{ value }}/x?a={{ value }}&b=<{{ value }}>";
    const query = { "n\ud800": "{{ value }}", m: "<{{ value }}>", l: "\udfff" };
    const mark = "%EF%BF%BD";
    expect(render(url, { value: "\udc00" }, query)).toEqual({
      ok: true,
      value: [`https://api.example.com/${mark}/x?a=${mark}&b=<${mark}>&n${mark}=${mark}&m=%3C${mark}%3E&l=${mark}`],
    });
  });

  it.each([
    ["the path", "https://api.example.com/{{ n }}", {}],
    ["the URL's own query", "https://api.example.com/?n={{ n }}", {}],
    ["a parameter", "https://api.example.com/", { n: "{{ n }}" }],
    ["a parameter's text", "https://api.example.com/", { n: "n: {{ n }}" }],
  ])("throws for a number that is not finite in %s", (_name, url, query) => {
    for (const n of [Number.POSITIVE_INFINITY, [Number.NEGATIVE_INFINITY]]) {
      expect(() => render(url, { n }, query)).toThrow(NotFiniteError);
    }
  });

  it("leaves out parameters without a value, keeps the others in order, and encodes their names", () => {
    const query = {
      missing: "{{ nothing }}",
      "a&b": "x",
      empty: "",
      nothing: "{{ coupon }}",
      mixed: "<{{ nothing }}>",
      count: 5,
      dry: false,
      last: "{{ gone.too }}",
    };
    expect(render("https://api.example.com/", { coupon: null }, query)).toEqual({
      ok: true,
      value: ["https://api.example.com/?a%26b=x&empty=&mixed=%3C%3E&count=5&dry=false"],
    });
  });

  it("has no question mark when no parameter has a value", () => {
    expect(render("https://api.example.com/a", {}, { q: "{{ q }}" })).toEqual({
      ok: true,
      value: ["https://api.example.com/a"],
    });
  });

  it("adds parameters to a query that the URL has", () => {
    expect(render("https://api.example.com/?a={{ a }}", { a: "1&2" }, { b: "{{ a }}" })).toEqual({
      ok: true,
      value: ["https://api.example.com/?a=1%262&b=1%262"],
    });
  });

  it("keeps the place of a secret parameter as a part of its own", () => {
    const query = { q: "{{ q }}", api_key: { $secret: "CRM_KEY" }, z: 1 };
    expect(render("https://api.example.com/", {}, query)).toEqual({
      ok: true,
      value: ["https://api.example.com/?api_key=", { $secret: "CRM_KEY", as: "uri" }, "&z=1"],
    });
  });

  it("never lets a payload extend the host, whatever stands between the two", () => {
    const between = fc.constantFrom("/", "/", "?", "\t", "\n", "\r", " ", "\\", "@", ":", ":1", ".", "{", "}", "a", "");
    const value = fc.constantFrom("evil.example", ".evil.example", "@evil.example", ":1", "/", "\\evil.example", "x");
    let compiled = 0;
    fc.assert(
      fc.property(fc.array(between, { maxLength: 3 }), value, (pieces, h) => {
        const { template, issues } = compile(`https://api.example.com${pieces.join("")}{{ h }}/`);
        if (template === undefined || issues.length > 0) return;
        compiled++;
        const url = new URL(textOf(atOnce(renderUrl(template, createScope({ data: { h } })))));
        expect(url.origin).toBe(template.origin);
        expect(url.username + url.password).toBe("");
      }),
      { numRuns: 1_000 },
    );
    expect(compiled).toBeGreaterThan(0);
  });

  it("changes neither origin nor number of path segments, whatever the payload", () => {
    const { template } = compile("https://api.example.com:8443/v1/{{ a }}/x-{{ b }}{{ c }}", { q: "{{ a }}" });
    if (template === undefined) throw new Error("the URL was refused");
    const hostile = fc.constantFrom(".", "..", "/", "\\", "%2e", "%2E%2e", "?", "#", "@evil.example", "\t", "//", ":1");
    const codeUnits = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
    const value = fc.oneof(
      fc.array(hostile, { maxLength: 4 }).map((pieces) => pieces.join("")),
      codeUnits,
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const result = atOnce(renderUrl(template, createScope({ data: { a, b, c } })));
        if (!result.ok) {
          expect(["template_value_missing", "template_path_unsafe"]).toContain(result.reason);
          return;
        }
        const url = new URL(textOf(result));
        expect(url.origin).toBe("https://api.example.com:8443");
        expect(url.username + url.password + url.hash).toBe("");
        const [root, version, , last, ...more] = url.pathname.split("/");
        expect([root, version, last?.slice(0, 2), more]).toEqual(["", "v1", "x-", []]);
        expect([...url.searchParams.keys()]).toEqual(["q"]);
      }),
      { numRuns: 500 },
    );
  });
});
