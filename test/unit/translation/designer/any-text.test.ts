// Any Payload-designer text, made at random or to do harm: sent as the designer documents it, and taken or refused.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Issue } from "../../../../src/issues.ts";
import { exportDesigner } from "../../../../src/translation/designer/export.ts";
import { importDesigner } from "../../../../src/translation/designer/import.ts";
import { compileJsonBody } from "../../../../src/translation/json-body.ts";
import { events, written, type Document } from "./documents.ts";
import { bodyOf } from "./imported.ts";
import { renderWith } from "./render.ts";

/** Thousands of texts take seconds where other tests run beside them; how many they are is what counts here. */
const PROPERTY_TIMEOUT_MS = 30_000;

// What the designer documents, told a second time and in another way: a text is searched for paths in one go, and a
// path is walked name by name.
const PLACEHOLDER =
  /\{\{\s*((?:[\w$é][\w$é-]*(?: +[\w$é][\w$é-]*)*)(?:\.[\w$é][\w$é-]*(?: +[\w$é][\w$é-]*)*|\[\d+\])*)\s*\}\}/g;

function find(values: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((name) => name !== "")
    .reduce(
      (value, name) => (value !== null && typeof value === "object" ? Reflect.get(value, name) : undefined),
      values,
    );
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const LEFT_OUT = Symbol("left out");

/** What a text in quotes is sent as. */
function expectText(text: string, values: unknown): unknown {
  const [only] = text.matchAll(PLACEHOLDER);
  if (only === undefined || only[0] !== text) {
    return text.replaceAll(PLACEHOLDER, (_all, path: string) => asText(find(values, path)));
  }
  const value = find(values, only[1] ?? "");
  if (value === undefined) return LEFT_OUT;
  return value === null ? null : asText(value);
}

function expectSent(document: Document, values: unknown): unknown {
  switch (document.kind) {
    case "static":
      return document.value;
    case "typed": {
      const value = find(values, document.path);
      return value === undefined ? LEFT_OUT : value;
    }
    case "text":
      return expectText(document.text, values);
    case "list":
      return document.items.map((item) => expectSent(item, values)).filter((item) => item !== LEFT_OUT);
    case "object":
      return Object.fromEntries(
        document.entries
          .map(([key, inner]) => [key, expectSent(inner, values)] as const)
          .filter(([, value]) => value !== LEFT_OUT),
      );
  }
}

describe("any Payload-designer text", () => {
  it("is sent as the designer documents it", async () => {
    await fc.assert(
      fc.asyncProperty(written, events, async ({ document, text }, values) => {
        const sent = expectSent(document, values);
        expect(JSON.stringify(await renderWith(values, bodyOf(text)))).toBe(
          JSON.stringify(sent === LEFT_OUT ? undefined : sent),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it("comes back from an export with the same meaning, and the second time with the same text", () => {
    fc.assert(
      fc.property(written, fc.boolean(), ({ text }, envelope) => {
        const imported = importDesigner(text, { envelope });
        if (!imported.ok) throw new Error(JSON.stringify(imported.problem));
        const { body } = imported;
        const back = exportDesigner(body);
        expect(back).toMatchObject({ raw: !envelope, losses: [] });
        expect(importDesigner(back.text, { envelope })).toMatchObject({ ok: true, body });
        expect(exportDesigner(bodyOf(back.text)).text).toBe(back.text);
      }),
      { numRuns: 500 },
    );
  });
});

const damage = fc.tuple(
  fc.nat(),
  fc.nat(3),
  fc.constantFrom("{", "}", "{{", "}}", '"', "“", ",", ":", "\\", "[", "/*", "//", "\n", "$each", "0", "\u00a0"),
);

describe("importDesigner", () => {
  it(
    "takes any text or says where and why not, and what it makes always compiles",
    () => {
      const damaged = fc.tuple(written, fc.array(damage, { minLength: 1, maxLength: 4 })).map(([{ text }, damages]) =>
        damages.reduce((broken, [at, removed, inserted]) => {
          const place = at % (broken.length + 1);
          return broken.slice(0, place) + inserted + broken.slice(place + removed);
        }, text),
      );
      const outcomes = { taken: 0, refused: 0 };
      fc.assert(
        fc.property(fc.oneof(damaged, fc.string({ unit: "binary" })), (text) => {
          const imported = importDesigner(text);
          if (imported.ok) {
            const issues: Issue[] = [];
            compileJsonBody(imported.body, "body", issues);
            expect(issues).toEqual([]);
            outcomes.taken++;
            return;
          }
          outcomes.refused++;
          const { line, column, reason, message } = imported.problem;
          const lines = text.split(/\r\n|\r|\n/);
          expect(reason).toMatch(/^designer_/);
          expect(message).not.toBe("");
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          // A byte order mark is no column.
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
        }),
        { numRuns: 3_000 },
      );
      expect(outcomes.taken).toBeGreaterThan(100);
      expect(outcomes.refused).toBeGreaterThan(100);
    },
    PROPERTY_TIMEOUT_MS,
  );

  it("takes what JSON.parse takes, and reads the same from it", async () => {
    const literal = fc.json({ noUnicodeString: false }).filter((text) => !text.includes("{{") && !/"\$/.test(text));
    await fc.assert(
      fc.asyncProperty(literal, async (text) => {
        // Numbers that JavaScript cannot hold become text; fast-check makes numbers that it can.
        expect(JSON.stringify(await renderWith({}, bodyOf(text)))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["braces", "{".repeat(65_000)],
    ["braces and their end", `"${"{".repeat(64_000)}}}"`],
    ["braces in pairs without an end", `"${"{{ ".repeat(21_000)}"`],
    ["braces before a value", `"${"{".repeat(64_000)}a}}"`],
    ["lists", "[".repeat(65_000)],
    ["spaces", `[${" ".repeat(65_000)}]`],
    ["comments", "//\n".repeat(21_000)],
    ["zeros", `[1${"0".repeat(60_000)}1]`],
    ["a name", `{{${"a".repeat(65_000)}}}`],
    ["keys", `{${'"":0,'.repeat(13_000)}}`],
    ["backslashes", `"${"\\".repeat(65_000)}{{a}}"`],
  ])(
    "ends within a second for 64 KB of %s",
    (_name, text) => {
      expect(importDesigner(text)).toHaveProperty("ok");
    },
    1_000,
  );
});
