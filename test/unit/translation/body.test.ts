// Bodies that are not JSON: forms and texts.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REQUEST_BODY_BYTES_MAX } from "../../../src/translation/request.ts";
import { bodyText, issuesOf, render } from "./run.ts";

const data = {
  name: "Zoë & Co = 50 %",
  n: 0,
  yes: true,
  nil: null,
  empty: "",
  list: ["a b", 2, null, { c: 1 }],
  none: [],
  object: { a: "&" },
  surrogate: "a\ud800",
  template: "{{ name }}",
  break: "a&b=c\r\nd",
};

describe("a form", () => {
  const form = (body: unknown, missing = "omit") => bodyText({ encoding: "form", body, missing }, data);

  it.each([
    ["texts, encoded", { name: "{{ name }}" }, "name=Zo%C3%AB%20%26%20Co%20%3D%2050%20%25"],
    ["names, encoded", { "a[b]&c": 1, "é ": 2 }, "a%5Bb%5D%26c=1&%C3%A9%20=2"],
    ["fixed values", { a: "x y", b: 1.5, c: true, d: false }, "a=x%20y&b=1.5&c=true&d=false"],
    ["null, which is an empty text of the template", { a: null }, "a="],
    ["a number and a flag", { n: "{{ n }}", yes: "{{ yes }}" }, "n=0&yes=true"],
    ["a mixed text", { text: "<{{ name }}>{{ nil }}" }, "text=%3CZo%C3%AB%20%26%20Co%20%3D%2050%20%25%3E"],
    ["an expression", { sum: "{{ n + 1 }}", up: "{{ $uppercase('a b') }}" }, "sum=1&up=A%20B"],
    ["an empty text", { a: "{{ empty }}", b: "" }, "a=&b="],
    ["nothing for null and what is missing", { a: "{{ nil }}", b: "{{ missing }}", c: 1 }, "c=1"],
    ["nothing at all", { a: "{{ missing }}" }, ""],
    ["no fields", {}, ""],
    [
      "a field for each value of a list, null left out",
      { l: "{{ list }}", z: 1 },
      "l=a%20b&l=2&l=%7B%22c%22%3A1%7D&z=1",
    ],
    ["no field for an empty list", { l: "{{ none }}", z: 1 }, "z=1"],
    ["an object as JSON", { o: "{{ object }}" }, "o=%7B%22a%22%3A%22%26%22%7D"],
    ["a lone surrogate as the replacement character", { s: "{{ surrogate }}" }, "s=a%EF%BF%BD"],
    ["a payload's expression as text", { t: "{{ template }}" }, "t=%7B%7B%20name%20%7D%7D"],
    ["signs that would make fields and lines", { b: "{{ break }}" }, "b=a%26b%3Dc%0D%0Ad"],
    ["an escaped expression", { t: "\\{{ name }}" }, "t=%7B%7B%20name%20%7D%7D"],
  ])("has %s", async (_name, body, text) => {
    expect(await form(body)).toBe(text);
  });

  it("keeps the place of a secret, in the order of its fields", async () => {
    const body = { a: 1, key: { $secret: "CRM_KEY" }, missing: "{{ missing }}", z: "{{ n }}" };
    expect(await render({ encoding: "form", body }, data)).toEqual({
      ok: true,
      value: {
        method: "POST",
        url: ["https://crm.example.com/events"],
        headers: [["content-type", ["application/x-www-form-urlencoded"]]],
        body: ["a=1&key=", { $secret: "CRM_KEY", as: "uri" }, "&z=0"],
      },
    });
  });

  it.each([
    ["left out", "omit", { ok: true }],
    ["left out too: a form has no null", "null", { ok: true }],
    [
      "refused",
      "error",
      {
        ok: false,
        reason: "template_value_missing",
        detail: "request.body.a: a value that must be there is missing in this event",
      },
    ],
  ])("has its missing values %s by the policy %s", async (_name, missing, outcome) => {
    expect(await render({ encoding: "form", body: { a: "{{ missing }}" }, missing }, data)).toMatchObject(outcome);
    expect(await form({ a: "{{ nil }}", b: "{{ empty }}" }, missing)).toBe("b=");
  });

  it.each([
    ["a list", ["a"], "request.body: with the encoding form the body is an object of names and plain values"],
    ["a text", "a=b", "request.body: with the encoding form the body is an object of names and plain values"],
    [
      "an object in it",
      { a: { b: 1 } },
      "request.body.a: a form has plain values only; {{ $json(…) }} makes one of an object",
    ],
    ["a list in it", { a: [1] }, "request.body.a: a form has plain values only; {{ $json(…) }} makes one of an object"],
    [
      "an $if in it",
      { a: { $if: "{{ n }}", $then: 1 } },
      "request.body.a: a form has plain values only; {{ $json(…) }} makes one of an object",
    ],
    [
      "a broken expression",
      { a: "{{ n" },
      "request.body.a: character 1: this {{ has no }}; write \\{{ for a literal {{",
    ],
  ])("cannot be %s", (_name, body, issue) => {
    expect(issuesOf({ encoding: "form", body })).toEqual([issue]);
  });

  it("can be read back as it was meant, whatever the payload", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), async (a, b) => {
        const text = await bodyText({ encoding: "form", body: { a: "{{ a }}", b: "({{ b }})" } }, { a, b });
        expect([...new URLSearchParams(text)]).toEqual([
          ["a", a],
          ["b", `(${b})`],
        ]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a text body", () => {
  const text = (body: unknown, missing = "omit") => bodyText({ encoding: "text", body, missing }, data);

  it.each([
    ["a fixed text", "Hello", "Hello"],
    ["one expression, which is text all the same", "{{ n }}", "0"],
    ["several", "{{ name }}: {{ n + 1 }}\n{{ yes }}", "Zoë & Co = 50 %: 1\ntrue"],
    ["nothing for null and what is missing", "<{{ nil }}{{ missing }}>", "<>"],
    ["an object and a list as JSON", "{{ object }}{{ none }}", '{"a":"&"}[]'],
    ["a payload's expression as text", "{{ template }}", "{{ name }}"],
    ["a payload's line breaks as they are", "{{ break }}", "a&b=c\r\nd"],
    ["nothing at all", "{{ missing }}", ""],
  ])("is %s", async (_name, body, written) => {
    for (const missing of ["omit", "null", "error"]) expect(await text(body, missing)).toBe(written);
  });

  it("says that it is text, unless the template says something else", async () => {
    const source = { encoding: "text", body: "a" };
    const type = async (more: object) => {
      const rendered = await render({ ...source, ...more }, data);
      return rendered.ok ? rendered.value.headers : rendered;
    };
    expect(await type({})).toEqual([["content-type", ["text/plain; charset=utf-8"]]]);
    expect(await type({ headers: { "Content-Type": "text/csv" } })).toEqual([["content-type", ["text/csv"]]]);
  });

  it.each([[{ a: 1 }], [["a"]], [5], [null], [{ $secret: "CRM_KEY" }]])("cannot be %j", (body) => {
    const [issue, ...others] = issuesOf({ encoding: "text", body });
    expect([issue, others]).toEqual(["request.body: with the encoding text the body is one string", []]);
  });
});

describe("the largest body", () => {
  const big = "x".repeat(1024 * 1024);

  it.each([
    ["JSON", "json", { a: "{{ big }}", b: "{{ big }}" }],
    ["a form", "form", { a: "{{ big }}", b: "{{ big }}" }],
    ["a form with letters that grow", "form", { a: "{{ letters }}" }],
  ])("is measured while it is written: %s", async (_name, encoding, body) => {
    expect(await render({ encoding, body }, { big, letters: "é".repeat(400_000) })).toEqual({
      ok: false,
      reason: "template_body_too_large",
      detail: `request.body: over ${REQUEST_BODY_BYTES_MAX} bytes`,
    });
  });

  it.each([
    ["a text body", { encoding: "text", body: "{{ big }}".repeat(900) }, "request.body"],
    ["a text in a JSON body", { body: { a: "{{ big }}".repeat(900) } }, "request.body.a"],
    ["a header", { headers: { "x-a": "{{ big }}".repeat(900) } }, "request.headers.x-a"],
    ["a path", { url: `https://crm.example.com/${"{{ big }}".repeat(200)}` }, "request.url"],
    ["a parameter", { query: { q: "{{ big }}".repeat(900) } }, "request.query.q"],
  ])("bounds every text of a template: %s", async (_name, source, place) => {
    expect(await render(source, { big })).toEqual({
      ok: false,
      reason: "template_budget_exceeded",
      detail: `${place}: it makes a text of more than 2097152 characters`,
    });
  });
});

describe("the longest URL", () => {
  const refused = { ok: false, reason: "template_url_too_long", detail: "request.url: over 16384 characters" };
  const room = 16_384 - "https://crm.example.com/".length;

  it.each([
    ["its path", { url: "https://crm.example.com/{{ v }}" }, room],
    ["its own query", { url: "https://crm.example.com/?q={{ v }}" }, room - 3],
    ["its parameters", { url: "https://crm.example.com/", query: { q: "{{ v }}" } }, room - 3],
    ["parameters together", { url: "https://crm.example.com/", query: { q: "{{ v }}", z: 1 } }, room - 7],
  ])("is measured with %s", async (_name, source, most) => {
    expect(await render(source, { v: "x".repeat(most) })).toMatchObject({ ok: true });
    expect(await render(source, { v: "x".repeat(most + 1) })).toEqual(refused);
    expect(await render(source, { v: "é".repeat(Math.floor(most / 6) + 1) })).toEqual(refused);
  });
});
