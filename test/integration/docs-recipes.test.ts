// docs/recipes.md: its targets can be published, its list is of the recipes there are, and its answers are judged so.

import { readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { AnswerConditionsSchema, createAnswer } from "../../src/delivery/answer.ts";
import { judge } from "../../src/delivery/judge.ts";
import type { Idempotency } from "../../src/recipes/recipe.ts";
import { RECIPES } from "../../src/recipes/registry.ts";
import { compileTable } from "../../src/routing/compile.ts";
import { blocksOf, codeOf, tablesOf } from "./markdown.ts";

const PAGE = readFileSync("docs/recipes.md", "utf8");
const [targets, conditions, ...otherBlocks] = blocksOf(PAGE, "json").map((block): unknown => JSON.parse(block));
const [list, answers, ...otherTables] = tablesOf(PAGE);

function repeats(idempotency: Idempotency): string {
  switch (idempotency.kind) {
    case "none":
      return "no";
    case "header":
      return `by the header \`${idempotency.header}\``;
    case "body":
      return `by \`${idempotency.field}\``;
    case "upsert":
      return "writes the same again";
  }
}

describe("docs/recipes.md", () => {
  it("has no table and no block that nothing here looks at", () => {
    expect([otherBlocks, otherTables]).toEqual([[], []]);
  });

  it("shows targets that can be published", () => {
    expect(compileTable({ inlets: {}, targets, routes: [] })).toMatchObject({ ok: true });
  });

  it("lists every recipe, with how its destination recognises repeats", () => {
    expect(list?.rows).toEqual(RECIPES.map(({ id, title, idempotency }) => [`\`${id}\``, title, repeats(idempotency)]));
  });

  it.each(answers?.rows ?? [])("%s is %s", (answered = "", verdict = "") => {
    const [, status = "", text = ""] = /^(\d{3}) (.*)$/.exec(codeOf(answered) ?? "") ?? [];
    const answer = createAnswer(Number(status), new Headers(), text);
    const result = { kind: "answered", status: answer.status, retryAfter: null, answer } as const;
    const judged = judge(result, 0, v.parse(AnswerConditionsSchema, conditions));
    expect(judged.verdict === "delivered" ? "delivered" : `${judged.verdict}: ${judged.reason}`).toBe(codeOf(verdict));
  });

  it("judges eight answers", () => {
    expect(answers?.rows).toHaveLength(8);
  });
});
