import { describe, expect, it } from "vitest";
import { NotFiniteError } from "../../../src/translation/json-text.ts";
import { atOnce, createScope } from "./at-once.ts";
import { isLiteral, parseText, renderString, renderText, toText } from "../../../src/translation/text.ts";

const data = {
  name: "Zoë",
  amount: 10_200,
  ratio: 0.5,
  paid: true,
  coupon: null,
  tags: ["warm", 1],
  address: { city: "Łódź" },
  note: "",
  template: "{{ name }} \\{{ {{name}}",
  secret: { $secret: "CRM_KEY" },
};

function parse(text: string) {
  const parsed = parseText(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.value;
}

function render(text: string): unknown {
  return atOnce(renderText(parse(text), createScope({ data })));
}

/** The piece of a plain path, as it was written. */
function path(source: string, ...names: string[]) {
  return { expression: { kind: "path", path: names }, source };
}

describe("parseText", () => {
  it.each([
    ["", []],
    ["plain } text { with }} braces", [{ literal: "plain } text { with }} braces" }]],
    ["{{name}}", [path("name", "name")]],
    ["{{   name\t}}", [path("name", "name")]],
    ["{{ a.b }}{{ c }}", [path("a.b", "a", "b"), path("c", "c")]],
    ["Hi {{ name }}!", [{ literal: "Hi " }, path("name", "name"), { literal: "!" }]],
    ["\\{{ name }}", [{ literal: "{{ name }}" }]],
    ["\\{{ {{ name }} }}", [{ literal: "{{ " }, path("name", "name"), { literal: " }}" }]],
    ["a \\ b \\{ c", [{ literal: "a \\ b \\{ c" }]],
    ["🎟 {{ name }}", [{ literal: "🎟 " }, path("name", "name")]],
  ])("reads %j in pieces", (text, parts) => {
    expect(parseText(text)).toEqual({ ok: true, value: parts });
  });

  it.each([
    ["Hi {{ name", "character 4"],
    ["{{", "character 1"],
    ["{{ name }} and {{ name }", "character 16"],
    ["\\{{ a }} {{ b", "character 10"],
    ["Hi\n{{ name }}, {{ b", "line 2, column 13"],
    ["{{ name }}\n\n  {{", "line 3, column 3"],
  ])("refuses %j, whose braces do not close, and says where", (text, place) => {
    expect(parseText(text)).toEqual({
      ok: false,
      reason: "template_invalid",
      detail: `${place}: this {{ has no }}; write \\{{ for a literal {{`,
    });
  });

  it.each([
    ["{{ }}", "character 3: the path is empty"],
    ["{{}}", "character 3: the path is empty"],
    ["{{ .name }}", "character 4: this cannot stand here"],
    ["{{ {{ name }} }}", "character 12: another character is expected here"],
    ["Hi {{ customer..name }}", "character 15: something is left over here"],
    ["{{ name. }}", "character 8: the expression ends too early"],
    ["{{ customer name }}", "character 13: something is left over here"],
    ["Hi\n{{ name }},\n  {{ $eval(name) }}", "line 3, column 6: there is no function $eval"],
  ])("refuses %j and says what to write", (text, detail) => {
    expect(parseText(text)).toEqual({ ok: false, reason: "template_invalid", detail });
  });
});

describe("isLiteral", () => {
  it.each([
    ["", true],
    ["text", true],
    ["\\{{ text }}", true],
    ["{{ name }}", false],
    ["Hi {{ name }}", false],
  ])("of %j is %s", (text, literal) => {
    expect(isLiteral(parse(text))).toBe(literal);
  });
});

describe("renderText", () => {
  it.each([
    ["{{ name }}", "Zoë"],
    ["{{ amount }}", 10_200],
    ["{{ ratio }}", 0.5],
    ["{{ paid }}", true],
    ["{{ coupon }}", null],
    ["{{ tags }}", ["warm", 1]],
    ["{{ address }}", { city: "Łódź" }],
    ["{{ note }}", ""],
    ["{{ nothing }}", undefined],
    ["{{ nothing.more }}", undefined],
  ])("keeps the type of a whole expression: %s", (text, value) => {
    expect(render(text)).toEqual(value);
  });

  it.each([
    ["Hi {{ name }}!", "Hi Zoë!"],
    [" {{ name }}", " Zoë"],
    ["{{ amount }} {{ ratio }} {{ paid }}", "10200 0.5 true"],
    ["{{ name }}{{ name }}", "ZoëZoë"],
    ["[{{ coupon }}|{{ nothing }}|{{ note }}]", "[||]"],
    ["{{ tags }}, {{ address }}", '["warm",1], {"city":"Łódź"}'],
    ["\\{{ name }} is {{ name }}", "{{ name }} is Zoë"],
    ["", ""],
  ])("writes mixed text as a string: %j", (text, value) => {
    expect(render(text)).toBe(value);
  });

  it("never reads a payload's value as a template", () => {
    expect(render("{{ template }}")).toBe("{{ name }} \\{{ {{name}}");
    expect(render("> {{ template }}")).toBe("> {{ name }} \\{{ {{name}}");
    expect(render("{{ secret }}")).toEqual({ $secret: "CRM_KEY" });
    expect(render("> {{ secret }}")).toBe('> {"$secret":"CRM_KEY"}');
  });
});

describe("renderString", () => {
  it("encodes what is inserted, and nothing else", () => {
    const template = parse("/a b/{{ name }}/{{ tags }}{{ nothing }}");
    expect(atOnce(renderString(template, createScope({ data }), (value) => `<${value}>`))).toBe(
      '/a b/<Zoë>/<["warm",1]><>',
    );
  });

  it("is a string for a whole expression too", () => {
    expect(atOnce(renderString(parse("{{ amount }}"), createScope({ data })))).toBe("10200");
    expect(atOnce(renderString(parse("{{ coupon }}"), createScope({ data })))).toBe("");
  });
});

describe("toText", () => {
  it.each<[unknown, string]>([
    [undefined, ""],
    [null, ""],
    ["", ""],
    ["Zoë", "Zoë"],
    [0, "0"],
    [0.5, "0.5"],
    [false, "false"],
    [["warm", 1], '["warm",1]'],
    [{ city: "Łódź" }, '{"city":"Łódź"}'],
  ])("of %j is %j", (value, text) => {
    expect(toText(value)).toBe(text);
  });

  it.each([
    [Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY],
    [[Number.POSITIVE_INFINITY]],
    [{ a: { b: Number.NaN } }],
  ])("throws for a number that is not finite", (value) => {
    expect(() => toText(value)).toThrow(NotFiniteError);
    expect(() => atOnce(renderString(parse("n: {{ n }}"), createScope({ data: { n: value } })))).toThrow(
      NotFiniteError,
    );
  });
});
