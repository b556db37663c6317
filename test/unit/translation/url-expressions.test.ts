// URLs with expressions beyond plain paths in them, and those whose path ends with a secret.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { issuesOf, render } from "./run.ts";
import { textOf } from "./text-of.ts";

const SHAPE =
  "request.url: expected https://host/… with scheme and host written out, without user, password, fragment, spaces or backslash";

async function urlOf(source: object, data: unknown = { id: "a/b", n: 5, list: [1, 2] }) {
  const rendered = await render(source, data);
  return rendered.ok ? rendered.value.url : `${rendered.reason}: ${rendered.detail}`;
}

describe("an expression in a URL", () => {
  it.each([
    ["a question mark", "https://h.example/{{ n > 4 ? 'big' : 'small' }}", "https://h.example/big"],
    [
      "a question mark and a query behind it",
      "https://h.example/{{ n > 4 ? 'big' : 'small' }}?a=1",
      "https://h.example/big?a=1",
    ],
    ["a hash", "https://h.example/{{ '#' & id }}", "https://h.example/%23a%2Fb"],
    ["a slash", "https://h.example/{{ n / 2 }}/x", "https://h.example/2.5/x"],
    ["slashes in a text", "https://h.example/{{ '../../' & n }}", "https://h.example/..%2F..%2F5"],
    ["a backslash in a text", "https://h.example/{{ 'a\\\\b' & n }}", "https://h.example/a%5Cb5"],
    ["spaces and line ends", "https://h.example/{{\n  n +\t1\n}}", "https://h.example/6"],
    [
      "an at sign and a colon in a text",
      "https://h.example/{{ 'user:pass@evil.example' & '' }}",
      "https://h.example/user%3Apass%40evil.example",
    ],
    ["braces", "https://h.example/{{ {'a': n}.a }}", "https://h.example/5"],
    ["a question mark in its query", "https://h.example/?q={{ n > 4 ? 'a?b' : 'c' }}", "https://h.example/?q=a%3Fb"],
    [
      "an ampersand in its query",
      "https://h.example/?q={{ id & '&x=1' }}&r={{ n }}",
      "https://h.example/?q=a%2Fb%26x%3D1&r=5",
    ],
    ["a hash in its query", "https://h.example/?q={{ '#' & n }}", "https://h.example/?q=%235"],
    ["a list, as JSON", "https://h.example/{{ $append(list, 3) }}", "https://h.example/%5B1%2C2%2C3%5D"],
    ["a port beside it", "https://h.example:8443/{{ n + 1 }}", "https://h.example:8443/6"],
  ])("may have %s", async (_name, url, written) => {
    expect(await urlOf({ url })).toEqual([written]);
  });

  it.each([
    ["a missing one", "https://h.example/{{ $uppercase(missing) }}"],
    ["an empty one", "https://h.example/{{ $substring('a', 1) }}/x"],
    ["null", "https://h.example/{{ missing ?? null }}"],
  ])("must give the path something: %s", async (_name, url) => {
    expect(await urlOf({ url })).toBe(
      "template_value_missing: request.url: a value in the path is missing in this event",
    );
  });

  it.each(["{{ '.' & '.' }}", "{{ '.' & '' }}/x", ".{{ $substring('..', 1) }}", "%2e{{ '.' & '' }}"])(
    "cannot walk up: %s",
    async (path) => {
      expect(await urlOf({ url: `https://h.example/a/${path}` })).toBe(
        "template_path_unsafe: request.url: a value would change the path (. or ..)",
      );
    },
  );

  it.each([
    ["as the host", "https://{{ 'h.example' & '' }}/"],
    ["as a part of the host", "https://h{{ $string(1) }}.example/"],
    ["as the port", "https://h.example:{{ 8000 + 443 }}/"],
    ["as the scheme", "{{ 'https' & '' }}://h.example/"],
    ["as the whole URL", "{{ 'https://h.example/' & '' }}"],
    ["right behind the host", "https://h.example{{ '/x' & '' }}"],
    ["right behind the port", "https://h.example:8443{{ '/x' & '' }}"],
  ])("cannot stand %s", (_name, url) => {
    expect(issuesOf({ url })).toEqual([SHAPE]);
  });

  it("with an error is reported where it is", () => {
    expect(issuesOf({ url: "https://h.example/{{ n + }}" })).toEqual([
      "request.url: character 24: the expression ends too early",
    ]);
    expect(issuesOf({ url: "https://h.example/", query: { q: "{{ $eval(n) }}" } })).toEqual([
      "request.query.q: character 4: there is no function $eval",
    ]);
  });

  it("changes neither scheme nor host nor port, whatever the payload", async () => {
    const hostile = fc.constantFrom(
      "//evil.example",
      "@evil.example",
      ":1",
      "\\evil",
      "#",
      "?",
      "/",
      "..",
      "%2f",
      "\t",
      "\n",
      "a",
    );
    const value = fc.array(hostile, { maxLength: 4 }).map((pieces) => pieces.join(""));
    await fc.assert(
      fc.asyncProperty(value, value, async (a, b) => {
        const url = "https://h.example:8443/x/{{ a & b }}/{{ $lowercase(b) & a }}?q={{ $trim(a) }}&{{ b & '' }}=1";
        const rendered = await urlOf({ url, query: { p: "{{ b & a }}" } }, { a, b });
        if (typeof rendered === "string") {
          expect(rendered).toMatch(/^template_(?:value_missing|path_unsafe): /);
          return;
        }
        const parsed = new URL(textOf({ ok: true, value: rendered }));
        expect(parsed.origin).toBe("https://h.example:8443");
        expect(parsed.username + parsed.password + parsed.hash).toBe("");
        expect(parsed.pathname.split("/")).toHaveLength(4);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a URL whose path ends with a secret", () => {
  it("has the secret behind its last slash, and parameters behind that", async () => {
    const source = { url: "https://h.example/services/{{ n }}/", pathSecret: "HOOK_PATH" };
    expect(await urlOf(source)).toEqual(["https://h.example/services/5/", { $secret: "HOOK_PATH", as: "path" }]);
    expect(await urlOf({ ...source, query: { wait: true, key: { $secret: "A_KEY" } } })).toEqual([
      "https://h.example/services/5/",
      { $secret: "HOOK_PATH", as: "path" },
      "?wait=true&key=",
      { $secret: "A_KEY", as: "uri" },
    ]);
  });

  it.each([
    ["a slash at its end", "https://h.example/services"],
    ["a path of its own", "https://h.example"],
    ["no query of its own", "https://h.example/services/?a=1"],
    ["no expression at its end", "https://h.example/{{ n }}"],
  ])("has %s", (_name, url) => {
    expect(issuesOf({ url, pathSecret: "HOOK_PATH" })).toEqual([
      "request.url: with pathSecret behind it the URL ends with a slash",
    ]);
  });

  it("cannot take the secret from an expression", () => {
    expect(issuesOf({ url: "https://h.example/{{ $secret('HOOK_PATH') }}" })).toEqual([
      "request.url: character 22: there is no function $secret",
    ]);
  });
});
